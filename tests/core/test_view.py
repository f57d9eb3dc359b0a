"""What a provider sees of a sandbox, and the name of an uploaded file."""

import pytest

from mockserver.core.view import BARE, View, blob


def test_view_of_a_sandbox_in_which_nothing_has_happened() -> None:
    assert View("", "", {}, {}, {}, {}, {}, {}, {}) == BARE
    assert (BARE.call("toy", "v1"), BARE.webhooks("c1"), BARE.marked("key", 0)) == (None, (), 0)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "cae66941d9efbd404e4d88758ea67670"),
        (b"RIFF", "f9d45a7be062711cbb5ca8c8e2699db2"),
    ],
)
def test_blob_known_answer(data: bytes, name: str) -> None:
    assert blob(data) == name
