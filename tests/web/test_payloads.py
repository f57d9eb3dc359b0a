"""No vendor evaluates a template: payloads are shown exactly as they were sent."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.serializers import serialize_entry
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.simulation import START, play_until_idle
from tests.test_side_by_side import ASKED

PAYLOADS = (
    # Jinja, Twig, Django, Handlebars
    "{{7*7}}", "{{ 7 * '7' }}", "{{config}}", "{{self.__init__.__globals__}}", "{{''.__class__}}",
    "{{ [].__class__.__base__.__subclasses__() }}", "{% for x in [1] %}y{% endfor %}", "{# x #}",
    "{{request.application}}", "{{cycler.__init__}}", "{{lipsum}}", "{{_self.env}}",
    "{{#each this}}",
    "{{> partial}}", "{{{raw}}}", "{{lookup this 'x'}}", "{{now}}", "{{randomValue}}",
    # str.format, % and f-strings
    "{0}", "{}", "{origin}", "{host}", "{call}", "{0.__class__}", "{call.__class__.__mro__}",
    "{x!r}",
    "{seed}", "{x:>9999999999}", "%s", "%(seed)s", "%x%x%n", "%d" * 40, "%99999999d",
    # shells, EL, OGNL, Velocity, Freemarker, Thymeleaf, Spring
    "$HOME", "${HOME}", "${7*7}", "#{7*7}", "*{7*7}", "@{7*7}", "~{x}", "$(id)", "`id`", "; id",
    "${T(java.lang.Runtime).getRuntime().exec('id')}", "${jndi:ldap://127.0.0.1/a}", "#set($x=7)",
    '<#assign x="freemarker.template.utility.Execute"?new()>', "%{(#a=1)}", "$!{x}", "[[${7*7}]]",
    # ERB, EJS, JSP, PHP, Razor, Karate, JavaScript
    "<%= 7*7 %>", "<% x %>", "<?php echo 7*7 ?>", "@(7*7)", "#(7*7)", "##(7*7)", "${{7*7}}",
    "=cmd|'/c calc'!A0", "=1+1", "@SUM(1)", "__import__('os')", "eval('7*7')", "!!python/object:os",
    "&anchor *alias", "<<: *x", "!include /etc/passwd", "file:///etc/passwd",
)  # fmt: skip


def test_there_are_at_least_60_payloads() -> None:
    assert len(set(PAYLOADS)) >= 60


@pytest.fixture(scope="module")
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def read_back(edge: EdgeSite, text: str) -> list[object]:
    """Send a text in two fields, and return it from each place that shows it again."""
    edge.request("POST", "/_mock/reset")
    edge.click_to_call(mid=text, extra={"x": [text]})
    edge.advance()
    [request], [call] = (
        edge.get_json("/_mock/requests")["requests"],
        edge.get_json("/_mock/calls")["calls"],
    )
    entry = next(
        item for item in edge.get_json("/_mock/journal")["entries"] if item["type"] == "request"
    )
    bodies = (request["body"], call["parameters"], entry["body"])
    return [value for body in bodies for value in (body["mid"], body["extra"]["x"][0])]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_template_payload_is_shown_as_it_was_sent(edge: EdgeSite, payload: str) -> None:
    assert read_back(edge, payload) == [payload] * 6


@given(text=st.text("{}origin%s$#<>=\\'\"0.x", min_size=1, max_size=30))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_of_template_characters_is_shown_as_it_was_sent(edge: EdgeSite, text: str) -> None:
    assert read_back(edge, text) == [text] * 6


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("payload", ["{origin}", "{{6*7*11}}", "${6*7*11}", "{0.__class__}"])
def test_no_vendor_evaluates_a_template_payload(
    configuration: Configuration, name: str, payload: str
) -> None:
    """The payload is sent in each field in turn, whether or not the request is accepted."""
    operation, fields, headers = ASKED[name]
    bound = configuration.providers[name]
    endpoint = next(
        endpoint for endpoint in bound.provider.endpoints if endpoint.operation == operation
    )
    for field in fields:
        state = SandboxState(configuration, START)
        request = Request(
            method="POST",
            path=endpoint.path,
            headers=headers,
            fields={**fields, field: payload},
            body=b"x",
        )
        exchange = handle(
            state, build_incoming_request(bound=bound, endpoint=endpoint, request=request), START
        )
        play_until_idle(state)
        output = repr(
            [serialize_entry(entry, state.configuration) for entry in read.journal(state)]
        ) + repr(exchange.response)
        assert ("462" in output, "<class" in output) == (False, False)
