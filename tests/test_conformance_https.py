"""The examples of the vendors' pages run as printed, by https to the vendors' own hosts."""

from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from mock_calls import Https, MockServer
from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.conformance import (
    Part,
    check_response,
    load_pages,
    request_arguments,
    substitute,
)

PAGES: Final = load_pages()
EXAMPLES: Final = [
    (name, example)
    for name, page in PAGES.items()
    for example in page.examples.values()
    if "request" in example and not example.keys() & {"scenario", "continues"}
]
"""Those that need nothing before them; `tests/test_conformance.py` has all."""
LINK: Final = "http://in.effebot.com"
"""How a link to a file begins if the request comes by http to the default sandbox."""


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Https]]:
    with (
        run_server(Settings(port=0, seed="conformance", quiet=True, https=True)) as origin,
        MockServer(origin) as client,
    ):
        yield origin, client.https()


@pytest.mark.parametrize(
    ("name", "example"), EXAMPLES, ids=[f"{name}-{example['number']}" for name, example in EXAMPLES]
)
def test_an_example_is_answered_by_https_as_documented(
    name: str, example: Part, server: tuple[str, Https]
) -> None:
    page, (origin, https) = PAGES[name], server
    sandbox = f"{name}-{example['number']}"
    arguments = request_arguments(page, example["request"], "https")
    arguments["headers"]["x-mock-sandbox"] = sandbox
    with MockServer(origin, sandbox) as client:
        start = str(example.get("clock", page.clock))
        client.open(clock="manual", seed="conformance", start_at=start)
        [account, *_] = client.accounts(name)
        client.account(name, account, example.get("given", {}))
        with httpx.Client(proxy=https.proxy, verify=https.context, trust_env=False) as vendor:
            response = vendor.request(**arguments)
        link = f"https://in.effebot.com/_sandbox/{sandbox}"
        ids = {f"{{{call.id}}}": call.vendor_id for call in client.calls()}
        check_response(response, substitute(example["expect"], {**ids, LINK: link}))
        client.drop()
