"""The providers' own words, gathered for those who judge scenario files."""

from mockserver.config.known_names import KnownNames, collect_known_names
from mockserver.providers.mobtexting.records import Flow
from tests.support.config_files import PROVIDERS


def test_vocabulary_of_nobody() -> None:
    assert collect_known_names({}) == KnownNames(
        operations={},
        fault_statuses={},
        webhook_kinds=("any",),
        legs=("a", "b", "callee"),
        record_types={},
        quirks={},
    )


def test_vocabulary_of_mobtexting() -> None:
    words = collect_known_names({"mobtexting": PROVIDERS["mobtexting"]})
    assert words.operations == {"mobtexting": ("c2c",)}
    assert words.webhook_kinds == ("any", "completed")
    assert words.legs == ("a", "b", "callee", "from", "to")
    assert words.record_types == {"mobtexting": {"flows": Flow}}
    assert words.quirks == {"mobtexting": ("webhook-id",)}
    assert words.settings_types == {"mobtexting": None}
    assert (
        words.fault_statuses["unauthenticated"],
        words.fault_statuses["service-unavailable"],
    ) == (401, 503)


def test_vocabulary_names_everything_once() -> None:
    one = PROVIDERS["mobtexting"]
    renamed = one.provider._replace(name="other", webhooks=("completed", "status"))
    words = collect_known_names({"mobtexting": one, "other": one._replace(provider=renamed)})
    assert words.webhook_kinds == ("any", "completed", "status")
    assert words.legs == ("a", "b", "callee", "from", "to")
    assert words.operations == {"mobtexting": ("c2c",), "other": ("c2c",)}
