"""The names that providers define, collected to check scenario files."""

from mockserver.config.known_names import KnownNames, collect_known_names
from mockserver.providers.mobtexting.records import Flow
from tests.support.config_files import PROVIDERS


def test_without_providers_only_general_names_are_known() -> None:
    assert collect_known_names({}) == KnownNames(
        operations={},
        fault_statuses={},
        webhook_kinds=("any",),
        legs=("a", "b", "callee"),
        record_types={},
        quirks={},
    )


def test_the_names_of_a_provider_are_collected() -> None:
    names = collect_known_names({"mobtexting": PROVIDERS["mobtexting"]})
    assert names.operations == {"mobtexting": ("c2c",)}
    assert names.webhook_kinds == ("any", "completed")
    assert names.legs == ("a", "b", "callee", "from", "to")
    assert names.record_types == {"mobtexting": {"flows": Flow}}
    assert names.quirks == {"mobtexting": ("errors-as-200", "webhook-id")}
    assert names.settings_types == {"mobtexting": None}
    assert (
        names.fault_statuses["unauthenticated"],
        names.fault_statuses["service-unavailable"],
    ) == (401, 503)


def test_a_name_shared_by_providers_is_collected_once() -> None:
    bound = PROVIDERS["mobtexting"]
    kind = bound.provider.webhooks["completed"]
    renamed = bound.provider._replace(name="other", webhooks={"completed": kind, "status": kind})
    names = collect_known_names({"mobtexting": bound, "other": bound._replace(provider=renamed)})
    assert names.webhook_kinds == ("any", "completed", "status")
    assert names.legs == ("a", "b", "callee", "from", "to")
    assert names.operations == {"mobtexting": ("c2c",), "other": ("c2c",)}
