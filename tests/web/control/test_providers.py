"""The control API lists the emulated vendor APIs with their faults and OpenAPI documents."""

from collections.abc import Mapping

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Response
from mockserver.core.provider import VendorEvent, all_faults
from mockserver.core.rulebook import Fault, RequestContext, Rule
from mockserver.web.control.providers import serialize_provider
from tests.support.simulation import configuration_with_provider
from tests.support.site import read_problem
from tests.support.site_client import ORIGIN, SiteClient, build_site_client

KEYS = [
    "name",
    "title",
    "base_url",
    "hosts",
    "operations",
    "webhooks",
    "webhook_kinds",
    "retry",
    "acts",
    "quirks",
    "words",
    "details",
    "faults",
]

CLICK_SUMMARY = (
    "Click to call, connects `from` first and then `to`; by GET too, all in the query (observed)"
)
CLICK_EXAMPLES = [
    {
        "name": "number",
        "summary": "The page's number form, its masked digits filled in",
        "fields": {
            "bridge": "918068281234",
            "from": "918867135000",
            "to": "918867136000",
            "record": "1",
        },
    },
    {
        "name": "flow",
        "summary": "The page's curl sample, its masked digits filled in",
        "fields": {
            "bridge": "918068281234",
            "from": "918867135000",
            "to": "flow:220",
            "variables[Name]": "YourName",
            "variables[otp]": "12344",
            "record": "1",
        },
    },
]


def test_a_provider_is_listed_with_its_urls_operations_and_webhooks(site: SiteClient) -> None:
    providers = site.get_json("/_mock/providers")["providers"]
    assert [provider["name"] for provider in providers] == list(
        site.sandbox.state.configuration.providers
    )
    [mobtexting] = [provider for provider in providers if provider["name"] == "mobtexting"]
    assert list(mobtexting) == KEYS
    host = "portal.mobtexting.com"
    provider = site.sandbox.state.configuration.providers["mobtexting"].provider
    assert {name: mobtexting[name] for name in KEYS[:-1]} == {
        "name": "mobtexting",
        "title": "Mobtexting",
        "base_url": f"{ORIGIN}/mobtexting",
        "hosts": {host: f"{ORIGIN}/mobtexting/{host}"},
        "operations": [
            {
                "name": "c2c",
                "method": "POST",
                "host": host,
                "path": "/api/v2/voice/c2c",
                "evidence": "documented",
                "summary": CLICK_SUMMARY,
                "types": ["application/json", "application/x-www-form-urlencoded"],
                "examples": CLICK_EXAMPLES,
            },
            {
                "name": "c2c",
                "method": "GET",
                "host": host,
                "path": "/api/v2/voice/c2c",
                "evidence": "observed",
                "summary": CLICK_SUMMARY,
                "types": [],
                "examples": CLICK_EXAMPLES,
            },
        ],
        "webhooks": ["completed"],
        "webhook_kinds": [
            {
                "kind": "completed",
                "body": "documented",
                "satisfied_by": "observed",
                "waits": "assumed",
                "later_attempts": "unchanged",
                "later_attempts_evidence": "assumed",
                "note": provider.webhooks["completed"].note,
            }
        ],
        "retry": {"waits": [], "satisfied_by": [200, 202]},
        "acts": [],
        "quirks": dict(provider.quirks),
        "words": {field: dict(words) for field, words in provider.words.items()},
        "details": {
            name: {"text": text, "evidence": str(evidence)}
            for name, (text, evidence) in provider.details.items()
        },
    }


def test_the_base_url_has_the_host_of_the_request(site: SiteClient) -> None:
    body = site.request("GET", "/_mock/providers", headers={"host": "localhost:81"}).json()
    assert body["providers"][0]["base_url"].startswith("http://localhost:81/")


def test_every_fault_is_listed_with_an_example_and_its_evidence(site: SiteClient) -> None:
    for provider in site.get_json("/_mock/providers")["providers"]:
        names = [fault["name"] for fault in provider["faults"]]
        assert len(set(names)) == len(names) > 0
        for fault in provider["faults"]:
            assert list(fault) == ["name", "status", "body", "evidence", "conditions"]
            assert fault["evidence"] in ("documented", "observed", "assumed")
            assert fault["body"] or fault["status"] in (200, 202)


def test_a_fault_is_listed_as_the_vendor_api_responds_with_it(site: SiteClient) -> None:
    [mobtexting] = [provider for provider in site.get_json("/_mock/providers")["providers"]
              if provider["name"] == "mobtexting"]  # fmt: skip
    response = site.request("PUT", "/api/v2/voice/c2c")
    assert {fault["name"]: fault for fault in mobtexting["faults"]}["wrong-method"] == {
        "name": response.headers["x-mock-fault"],
        "status": response.status_code,
        "body": response.json(),
        "evidence": "assumed",
        "conditions": [],
    }


def test_every_fault_is_listed_once(configuration: Configuration) -> None:
    provider = configuration.providers["mobtexting"].provider
    rules: list[Rule] = [rule for stage in provider.endpoints[0].rules for rule in stage]
    faults = [rule.fault for rule in rules]
    assert list(all_faults(provider)) == [
        *dict.fromkeys(faults),
        provider.wrong_method,
        *provider.scenario_only_faults,
    ]


def test_a_fault_body_that_is_no_json_is_listed_as_text(configuration: Configuration) -> None:
    def refuse(faults: tuple[Fault, ...], _: RequestContext) -> Response:
        return Response(status=faults[0].status, body=f"<p>{faults[0].message}".encode())

    bound = configuration_with_provider(configuration, refuse=refuse).providers["mobtexting"]
    assert serialize_provider(bound, "")["faults"][-1]["body"] == "<p>Service Unavailable"


def test_vendor_events_are_listed_by_name(configuration: Configuration) -> None:
    events = {
        "park": VendorEvent(allowed_in=frozenset({"COMPLETED"})),
        "fetch": VendorEvent(allowed_in=frozenset()),
    }
    changed = configuration_with_provider(configuration, vendor_events=events)
    assert serialize_provider(changed.providers["mobtexting"], "")["acts"] == ["park", "fetch"]


def test_a_refusal_that_places_a_call_is_an_internal_error(configuration: Configuration) -> None:
    def refuse(_: tuple[Fault, ...], context: RequestContext) -> Response:
        return Response(status=200, body=context.place(0).spec.id)

    site = build_site_client(configuration_with_provider(configuration, refuse=refuse))
    detail = "this is a fault of the mock server: LookupError('this request places no call')"
    response = site.request("GET", "/_mock/providers")
    assert read_problem(response) == (500, "internal-error", detail)


def test_the_openapi_document_of_a_provider_is_served(site: SiteClient) -> None:
    served = site.get_json("/_mock/openapi/mobtexting.json")
    document: Mapping[str, object] = site.sandbox.state.configuration.providers[
        "mobtexting"
    ].document()
    assert served == document
    assert served["openapi"].startswith("3.1")
    assert "/api/v2/voice/c2c" in served["paths"]


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("mobtext", "no provider is named mobtext: did you mean 'mobtexting'?"),
        ("qq", "no provider is named qq: known: ccai, effebot, innocalls, mobtexting, phonon"),
    ],
)
def test_the_openapi_document_of_an_unknown_provider_is_not_found(
    site: SiteClient, name: str, detail: str
) -> None:
    response = site.request("GET", f"/_mock/openapi/{name}.json")
    assert read_problem(response) == (404, "unknown-provider", detail)


def test_each_operation_says_how_it_is_requested(site: SiteClient) -> None:
    providers = site.get_json("/_mock/providers")["providers"]
    operations = [each for provider in providers for each in provider["operations"]]
    without = {each["name"] for each in operations if not each["examples"]}
    assert without == {"manager-calls", "authorize", "webrtc-login"}
    assert all(each["summary"] for each in operations)
    assert all(not each["types"] for each in operations if each["method"] == "GET")


def test_the_example_of_an_operation_without_a_body_has_its_parameters(site: SiteClient) -> None:
    providers = site.get_json("/_mock/providers")["providers"]
    [call_status, *_] = [
        each for provider in providers for each in provider["operations"]
        if each["name"] == "call-status"
    ]  # fmt: skip
    [example] = call_status["examples"]
    assert (example["name"], sorted(example["fields"])) == ("page", ["call_flow_id", "call_id"])
