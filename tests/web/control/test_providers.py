"""The emulated APIs as the control API tells them."""

from collections.abc import Mapping

import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Response
from mockserver.core.provider import VendorEvent, all_faults
from mockserver.core.rulebook import Fault, RequestContext, Rule
from mockserver.web.control.providers import serialize_provider
from tests.support.site_client import (
    ORIGIN,
    SiteClient,
    build_site_client,
    configuration_with_provider,
    read_problem,
)

KEYS = ["name", "title", "base_url", "hosts", "operations", "webhooks", "acts", "faults"]


def test_providers(site: SiteClient) -> None:
    told = site.get_json("/_mock/providers")["providers"]
    assert [one["name"] for one in told] == list(site.sandbox.state.configuration.providers)
    [mine] = [one for one in told if one["name"] == "mobtexting"]
    assert list(mine) == KEYS
    host = "portal.mobtexting.com"
    assert {name: mine[name] for name in KEYS[:-1]} == {
        "name": "mobtexting",
        "title": "Mobtexting",
        "base_url": f"{ORIGIN}/mobtexting",
        "hosts": {host: f"{ORIGIN}/mobtexting/{host}"},
        "operations": [
            {"name": "c2c", "method": "POST", "host": host, "path": "/api/v2/voice/c2c"}
        ],
        "webhooks": ["completed"],
        "acts": [],
    }


def test_the_base_url_is_the_one_that_was_asked(site: SiteClient) -> None:
    told = site.request("GET", "/_mock/providers", headers={"host": "localhost:81"}).json()
    assert told["providers"][0]["base_url"].startswith("http://localhost:81/")


def test_every_fault_has_an_example_and_a_source(site: SiteClient) -> None:
    for provider in site.get_json("/_mock/providers")["providers"]:
        names = [fault["name"] for fault in provider["faults"]]
        assert len(set(names)) == len(names) > 0
        for fault in provider["faults"]:
            assert list(fault) == ["name", "status", "body", "source"]
            assert fault["source"] in ("documented", "observed", "assumed")
            assert fault["body"] or fault["status"] in (200, 202)


def test_a_fault_is_told_as_it_is_answered(site: SiteClient) -> None:
    [mine] = [one for one in site.get_json("/_mock/providers")["providers"]
              if one["name"] == "mobtexting"]  # fmt: skip
    answer = site.request("GET", "/api/v2/voice/c2c")
    assert {fault["name"]: fault for fault in mine["faults"]}["wrong-method"] == {
        "name": answer.headers["x-mock-fault"],
        "status": answer.status_code,
        "body": answer.json(),
        "source": "assumed",
    }


def test_every_fault_is_told_once(configuration: Configuration) -> None:
    provider = configuration.providers["mobtexting"].provider
    rules: list[Rule] = [rule for stage in provider.endpoints[0].rules for rule in stage]
    known = [rule.fault for rule in rules]
    assert list(all_faults(provider)) == [
        *known,
        provider.wrong_method,
        *provider.scenario_only_faults,
    ]


def test_a_body_that_is_no_json_is_told_as_text(configuration: Configuration) -> None:
    def refuse(given: tuple[Fault, ...], _: RequestContext) -> Response:
        return Response(status=given[0].status, body=f"<p>{given[0].message}".encode())

    changed = (
        configuration_with_provider(configuration, refuse=refuse).providers["mobtexting"].provider
    )
    assert serialize_provider(changed, "")["faults"][-1]["body"] == "<p>Service Unavailable"


def test_acts_are_told_by_name(configuration: Configuration) -> None:
    acts = {
        "park": VendorEvent(allowed_in=frozenset({"COMPLETED"})),
        "fetch": VendorEvent(allowed_in=frozenset()),
    }
    changed = (
        configuration_with_provider(configuration, vendor_events=acts)
        .providers["mobtexting"]
        .provider
    )
    assert serialize_provider(changed, "")["acts"] == ["park", "fetch"]


def test_a_refusal_that_places_a_call_is_a_fault_of_ours(configuration: Configuration) -> None:
    def refuse(_: tuple[Fault, ...], case: RequestContext) -> Response:
        return Response(status=200, body=case.build_call("one-leg", {}, None).spec.id)

    site = build_site_client(configuration_with_provider(configuration, refuse=refuse))
    detail = "this is a fault of the mock server: LookupError('a refusal places no call')"
    answer = site.request("GET", "/_mock/providers")
    assert read_problem(answer) == (500, "mock failed", detail)


def test_the_openapi_document_of_a_provider(site: SiteClient) -> None:
    told = site.get_json("/_mock/openapi/mobtexting.json")
    document: Mapping[str, object] = site.sandbox.state.configuration.providers[
        "mobtexting"
    ].document()
    assert told == document
    assert told["openapi"].startswith("3.1")
    assert "/api/v2/voice/c2c" in told["paths"]


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("mobtext", "no provider is named mobtext: did you mean 'mobtexting'?"),
        ("qq", "no provider is named qq: "),
    ],
)
def test_the_openapi_document_of_nobody(site: SiteClient, name: str, detail: str) -> None:
    answer = site.request("GET", f"/_mock/openapi/{name}.json")
    assert read_problem(answer) == (404, "not found", detail)
