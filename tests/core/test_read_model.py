"""The read model: an empty sandbox, and the digest of an upload."""

import pytest

from mockserver.core.read_model import EMPTY_READ_MODEL, ReadModel, upload_digest


def test_the_empty_read_model_has_no_calls_deliveries_and_counts() -> None:
    assert (
        ReadModel(
            seed="",
            path_prefix="",
            accounts={},
            calls={},
            call_ids_by_vendor_id={},
            live_call_ids={},
            deliveries={},
            delivery_ids_by_call={},
            counts={},
            sequences={},
            uploads={},
        )
        == EMPTY_READ_MODEL
    )
    assert (
        EMPTY_READ_MODEL.find_call("toy", "v1"),
        EMPTY_READ_MODEL.live_calls(("toy", "main")),
        EMPTY_READ_MODEL.call_deliveries("c1"),
        EMPTY_READ_MODEL.count_since("key", 0),
    ) == (None, (), (), 0)


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "cae66941d9efbd404e4d88758ea67670"),
        (b"RIFF", "f9d45a7be062711cbb5ca8c8e2699db2"),
    ],
)
def test_the_digest_of_an_upload_has_a_known_value(data: bytes, digest: str) -> None:
    assert upload_digest(data) == digest
