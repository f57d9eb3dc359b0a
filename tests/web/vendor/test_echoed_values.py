"""What a response repeats of a request is text or JSON, and never breaks a header."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Upload, value_text
from mockserver.core.provider import Endpoint, all_faults
from mockserver.core.rulebook import RequestContext, render_message
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle
from mockserver.engine.refusals import MAX_EXPLAINED_VALUE
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.vendor.response import build_response
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.conformance import PROVIDERS
from tests.support.simulation import START
from tests.support.site_client import SiteClient

ILLEGAL_IN_HEADERS: Final = re.compile(rb"[^\x20-\x7e]")
PYTHON_VALUE: Final = re.compile(r"\{'|\['|\bTrue\b|\bNone\b|\bb'")
CONTROL_CHARACTERS: Final = "".join(map(chr, (*range(0x20), 0x7F)))
FILE: Final = Upload(filename="a.txt", content_type="text/plain", data=b"\xff")
VALUES: Final[tuple[Any, ...]] = (
    *(f"x{character}y" for character in CONTROL_CHARACTERS),
    "en\r\nX-Injected: 1",
    "\x80\x9f\xa0\xe9\u0100\u2028\U0001f600",
    CONTROL_CHARACTERS * 20,
    {"a": {"b": 1}},
    ["x", None],
    True,
    None,
    1.5,
    Upload(filename="a\nb.txt", content_type="text/plain", data=b"\x00\xff"),
    [FILE],
)
OPERATIONS: Final = [
    (bound, endpoint) for bound in PROVIDERS.values() for endpoint in bound.provider.endpoints
]
NAMES: Final = [f"{bound.provider.name}-{endpoint.operation}" for bound, endpoint in OPERATIONS]


def fuzzed_fields(bound: BoundProvider, endpoint: Endpoint) -> Iterator[Mapping[str, Any]]:
    """Yield the first example of an operation with each value in each of its fields."""
    example = next(iter(bound.examples(endpoint.operation)), {})
    rule_fields = {rule.field for stage in endpoint.rules for rule in stage if rule.field}
    for name in {**example, **dict.fromkeys(sorted(rule_fields))}:
        for value in VALUES:
            yield {**example, name: value}


def respond(
    configuration: Configuration, route: tuple[BoundProvider, Endpoint], fields: Mapping[str, Any]
) -> Exchange:
    """Respond to a request of an account without limits, in a state of its own."""
    bound, endpoint = route
    state = SandboxState(configuration, START)
    account = next(
        account
        for (provider, _), account in read.accounts(state).items()
        if provider == bound.provider.name
    )
    request = Request(method=endpoint.method, path=endpoint.path, fields=fields)
    unlimited = account.replace(numbers=None, limits=None, balance=None)
    incoming = build_incoming_request(
        bound=bound, endpoint=endpoint, request=request, account=unlimited
    )
    return handle(state, incoming, START)


@pytest.mark.parametrize("route", OPERATIONS, ids=NAMES)
def test_whatever_a_field_has_the_headers_are_printable_and_no_value_is_shown_as_python_does(
    configuration: Configuration, route: tuple[BoundProvider, Endpoint]
) -> None:
    for fields in fuzzed_fields(*route):
        response = build_response(respond(configuration, route, fields))
        assert response.status < 500
        wrong = [field for field in response.headers if ILLEGAL_IN_HEADERS.search(field[1])]
        assert wrong == []
        assert PYTHON_VALUE.findall(response.body.decode()) == []


@pytest.mark.parametrize("bound", PROVIDERS.values(), ids=PROVIDERS)
def test_the_message_of_no_fault_shows_a_value_as_python_does(bound: BoundProvider) -> None:
    for fault in all_faults(bound.provider):
        fields = {name: {"a": [True, None]} for name in re.findall(r"\{(\w+)\}", fault.message)}
        request = Request(method="POST", path="/", fields=fields)
        message = render_message(fault, RequestContext(request=request, now=START))
        assert PYTHON_VALUE.findall(message) == []
        assert message.count('{"a": [true, null]}') == len(fields)


ECHO: Final = ("ccai", "/apps/api/v1/calls")
CREDENTIAL: Final = {"authorization": "Basic Y3VzdG9tZXI6dG9rZW4="}


@pytest.mark.parametrize(
    ("lang", "explained"),
    [
        ("e\nn", "Language 'e\\x0an' is not found"),
        ("e\r\nX-Injected: 1", "Language 'e\\x0d\\x0aX-Injected: 1' is not found"),
        ("\x7f\u00e9\u20ac", "Language '\\x7f\\xe9\\u20ac' is not found"),
        ({"a": 1}, "Language '{\"a\": 1}' is not found"),
        ("x" * 5_000, f"Language '{'x' * MAX_EXPLAINED_VALUE}' is not found"),
    ],
)
def test_the_header_that_explains_a_response_escapes_and_shortens_what_it_repeats(
    site: SiteClient, lang: object, explained: str
) -> None:
    fields = {
        "call_type": "Voice Inbound (API)",
        "lang": lang,
        "menu_id": 9,
        "end_user_number": "+1 859-657-9625",
    }
    provider, path = ECHO
    response = site.request("POST", f"/{provider}{path}", json=fields, headers=CREDENTIAL)
    assert response.status_code == 400
    summary, _, _ = response.headers["x-mock-explain"].partition("; lang: ")
    assert summary == f"language-not-found (documented): {explained}"
    assert response.json() == {"message": f"Language '{value_text(lang)}' is not found"}
    assert "x-injected" not in response.headers
    assert site.get_json("/_mock/health")["errors"] == 0
