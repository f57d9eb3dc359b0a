"""There are no templates: what engines would run comes back as it was sent, on each of the five."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.serializers import serialize_entry
from tests.conftest import START, play
from tests.test_side_by_side import ASKED
from tests.web.edge import Edge, opened

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


def test_there_are_sixty() -> None:
    assert len(set(PAYLOADS)) >= 60


@pytest.fixture(scope="module")
def edge(world: Configuration) -> Edge:
    return opened(world)


def told(edge: Edge, text: str) -> list[object]:
    """All the places in which a text that a client sends is shown again."""
    edge.ask("POST", "/_mock/reset")
    edge.place(mid=text, extra={"x": [text]})
    edge.advance()
    [request], [call] = edge.read("/_mock/requests")["requests"], edge.read("/_mock/calls")["calls"]
    fact = next(one for one in edge.read("/_mock/journal")["facts"] if one["fact"] == "request")
    bodies = (request["body"], call["wanted"], fact["body"])
    return [one for body in bodies for one in (body["mid"], body["extra"]["x"][0])]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_comes_back_as_it_was_sent(edge: Edge, payload: str) -> None:
    assert told(edge, payload) == [payload] * 6


@given(text=st.text("{}origin%s$#<>=\\'\"0.x", min_size=1, max_size=30))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back(edge: Edge, text: str) -> None:
    assert told(edge, text) == [text] * 6


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("payload", ["{origin}", "{{6*7*11}}", "${6*7*11}", "{0.__class__}"])
def test_no_vendor_runs_it(world: Configuration, name: str, payload: str) -> None:
    """In every field of a request in turn: whatever it gets for an answer, nothing has been run."""
    operation, fields, headers = ASKED[name]
    listing = world.providers[name]
    endpoint = next(one for one in listing.provider.endpoints if one.operation == operation)
    for field in fields:
        store = SandboxState(world, START)
        sent = Request(
            "POST", endpoint.path, headers=headers, fields={**fields, field: payload}, body=b"x"
        )
        got = handle(store, IncomingRequest(listing, endpoint, sent), START)
        play(store)
        shown = repr([serialize_entry(fact, store.configuration) for fact in store.journal]) + repr(
            got.response
        )
        assert ("462" in shown, "<class" in shown) == (False, False)
