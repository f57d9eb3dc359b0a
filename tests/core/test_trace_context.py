"""A trace context is handed on as it came, if it is valid."""

from collections.abc import Mapping

import pytest

from mockserver.core.trace_context import MAX_MEMBERS, add_trace_context, read_trace_context

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"
LONGEST = ",".join(f"k{number}=v" for number in range(MAX_MEMBERS))


@pytest.mark.parametrize(
    "parent",
    [
        PARENT,
        f"00-{TRACE}-{SPAN}-00",
        f"00-{TRACE}-{SPAN}-ff",
        f"cc-{TRACE}-{SPAN}-01",
        f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be.like",
        f"cc-{TRACE}-{SPAN}-01-",
    ],
)
def test_a_valid_traceparent_is_read_unchanged(parent: str) -> None:
    assert read_trace_context({"host": "h", "traceparent": parent}) == {"traceparent": parent}


@pytest.mark.parametrize(
    "parent",
    [
        "",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01-",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE[1:]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
        f"0-{TRACE}-{SPAN}-01",
        f"cc-{TRACE}-{SPAN}-01.",
        f"cc-{TRACE}-{SPAN}-01-a b",
        f"cc-{TRACE}-{SPAN}-01-\u00e9",
        f"{PARENT}\n",
        f"{PARENT}, {PARENT}",
    ],
)
def test_without_a_valid_traceparent_there_is_no_trace_context(parent: str) -> None:
    assert read_trace_context({"traceparent": parent, "tracestate": "a=1"}) == {}


def test_without_a_traceparent_there_is_no_trace_context() -> None:
    assert read_trace_context({"tracestate": "a=1"}) == {}


@pytest.mark.parametrize(
    "state",
    [
        "a=1",
        "congo=t61rcWkgMzE",
        "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
        "a=1 , b=2,\t0c=3",
        "tenant@vendor=1",
        "a=1,,b=2,",
        "a_-*/@1=x y!~",
        f"{'k' * 256}={'v' * 256}",
        LONGEST,
    ],
)
def test_a_valid_tracestate_is_read_unchanged(state: str) -> None:
    assert read_trace_context({"traceparent": PARENT, "tracestate": state}) == {
        "traceparent": PARENT,
        "tracestate": state,
    }


@pytest.mark.parametrize(
    "state",
    [
        "",
        ",",
        "a",
        "a=",
        "=1",
        "A=1",
        "@a=1",
        "a=1=2",
        "a =1",
        "a=\u00e9",
        "a=1\x00",
        "a=1;b\n=2",
        f"{'k' * 257}=1",
        f"a={'v' * 257}",
        f"{LONGEST},more=1",
    ],
)
def test_a_tracestate_that_is_not_valid_is_left_out(state: str) -> None:
    assert read_trace_context({"traceparent": PARENT, "tracestate": state}) == {
        "traceparent": PARENT
    }


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, {"traceparent": PARENT, "tracestate": "a=1"}),
        ({"x": "y"}, {"x": "y", "traceparent": PARENT, "tracestate": "a=1"}),
        ({"TraceParent": "own"}, {"TraceParent": "own", "tracestate": "a=1"}),
    ],
)
def test_headers_that_a_webhook_has_by_itself_stay(
    headers: Mapping[str, str], expected: Mapping[str, str]
) -> None:
    added = add_trace_context(headers, {"traceparent": PARENT, "tracestate": "a=1"})
    assert added == expected
