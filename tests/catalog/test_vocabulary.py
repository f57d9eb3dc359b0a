"""The providers' own words, gathered for those who judge scenario files."""

from mockserver.catalog.vocabulary import Vocabulary, vocabulary
from mockserver.providers.mobtexting.records import Flow
from tests.catalog.conftest import KNOWN


def test_vocabulary_of_nobody() -> None:
    assert vocabulary({}) == Vocabulary({}, {}, ("any",), ("a", "b", "callee"), {}, {})


def test_vocabulary_of_mobtexting() -> None:
    words = vocabulary({"mobtexting": KNOWN["mobtexting"]})
    assert words.operations == {"mobtexting": ("c2c",)}
    assert words.kinds == ("any", "completed")
    assert words.legs == ("a", "b", "callee", "from", "to")
    assert words.records == {"mobtexting": {"flows": Flow}}
    assert words.quirks == {"mobtexting": ("webhook-id",)}
    assert words.settings == {"mobtexting": None}
    assert (words.faults["unauthenticated"], words.faults["service-unavailable"]) == (401, 503)


def test_vocabulary_names_everything_once() -> None:
    one = KNOWN["mobtexting"]
    renamed = one.provider._replace(name="other", webhooks=("completed", "status"))
    words = vocabulary({"mobtexting": one, "other": one._replace(provider=renamed)})
    assert words.kinds == ("any", "completed", "status")
    assert words.legs == ("a", "b", "callee", "from", "to")
    assert words.operations == {"mobtexting": ("c2c",), "other": ("c2c",)}
