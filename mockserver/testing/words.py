"""Strategies for the words of a scenario: durations, behaviors of legs, and travels of webhooks."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hypothesis import strategies as st

Words = dict[str, Any]

FAILURES: Final = ("no-answer", "busy", "rejected", "unreachable", "invalid-number")
STATUSES: Final = (500, 503, 429, 404)
LONGEST_RING: Final = 60
LONGEST_DELAY: Final = 900
"""Seconds by which webhooks and copies come later: another call may begin and end meanwhile.

Some receivers refuse what is older than 300 s.
"""
OFTEN: Final = ("reorder", "after", "duplicate", "duplicate", "duplicate")
"""Words on webhooks that are drawn more often than others: much goes wrong by them."""
END: Final = (60, 600)
"""Seconds after its answer in which a leg hangs up: after all that it presses or says."""


def seconds(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map("{}s".format)


_DELAY: Final = st.integers(1, LONGEST_DELAY)
_AFTER: Final = {"after": seconds(0, 5)}
_PRESSES: Final = st.lists(
    st.fixed_dictionaries({"digits": st.sampled_from(("1", "2", "*9#"))}, optional=_AFTER),
    min_size=1,
    max_size=3,
)
_UTTERANCES: Final = st.lists(
    st.fixed_dictionaries({"words": st.sampled_from(("yes", "no"))}, optional=_AFTER),
    min_size=1,
    max_size=3,
)
_FAILING: Final = st.fixed_dictionaries(
    {"ring": seconds(0, LONGEST_RING), "then": st.sampled_from(FAILURES)}
)
_PRESSING: Final = st.fixed_dictionaries({"press": st.sampled_from(("1", "2"))})
_ACTIONS: Final[st.SearchStrategy[Words]] = (
    st.just({})
    | st.fixed_dictionaries({"press": _PRESSES})
    | st.fixed_dictionaries({"say": _UTTERANCES})
)
_ENDINGS: Final[st.SearchStrategy[Words]] = (
    st.just({})
    | st.fixed_dictionaries({"hangup": seconds(*END)})
    | (st.fixed_dictionaries({"talk": seconds(*END)}))
)
_ANSWERING: Final = st.builds(
    lambda answer, actions, ending: {**answer, **actions, **ending},
    st.fixed_dictionaries({"answer": seconds(0, LONGEST_RING)}),
    _ACTIONS,
    _ENDINGS,
)


def behaviors(*, person: bool) -> st.SearchStrategy[Any]:
    """How a leg behaves; with `person`, one that waits for a person, too."""
    names = ("answered", *FAILURES, "machine", *(("person",) if person else ()))
    return st.sampled_from(names) | _PRESSING | _FAILING | _ANSWERING


def failing_behaviors() -> st.SearchStrategy[Any]:
    """How a leg behaves on which nobody is reached."""
    return st.sampled_from(FAILURES) | _FAILING


def responses(faults: Sequence[str]) -> st.SearchStrategy[Words]:
    """What the API answers: to the first requests, to all in turn, or always the same fault."""
    raw = st.fixed_dictionaries({"status": st.sampled_from(STATUSES)})
    refusal = st.fixed_dictionaries({"refuse": st.sampled_from(faults)})
    items = st.lists(st.just("pass") | raw | refusal, min_size=1, max_size=3)
    once = items.map(lambda found: {"responses": [*found, "pass"]})
    return once | items.map(lambda found: {"responses": {"cycle": found}}) | refusal


def steps() -> st.SearchStrategy[Words]:
    """The exact course of leg a."""
    keys = st.lists(
        st.fixed_dictionaries(
            {"after": seconds(0, 5), "press": st.sampled_from(("1", "2")), "leg": st.just("a")}
        ),
        max_size=2,
    )
    after = seconds(0, LONGEST_RING)
    causes = st.sampled_from(("normal", "network-failure"))
    return st.builds(
        lambda ring, answer, pressed, hangup, cause: {
            "steps": [
                {"after": ring, "ring": "a"},
                {"after": answer, "answer": "a"},
                *pressed,
                {"after": hangup, "hangup": "a", "cause": cause},
            ]
        },
        *(after, after, keys, after, causes),
    )


def travels(attempts: int, *, is_final: bool, has_body: bool) -> st.SearchStrategy[Words]:
    """How webhooks of one kind travel.

    `attempts` is how often the vendor tries, `is_final` says that a call has one, its last webhook.
    `has_body` says whether there is a body to corrupt.
    """
    met: st.SearchStrategy[Any] = st.sampled_from(("deliver", "timeout", "reset", *STATUSES))
    damage = {"corrupt": st.sampled_from(("truncate", "garbage"))} if has_body else {}
    words: dict[str, st.SearchStrategy[Any]] = {
        "after": st.builds(_span, _DELAY, st.booleans()),
        "reorder": st.just("calls") if is_final else st.sampled_from((True, "calls")),
        **damage,
        "attempts": st.lists(met, min_size=1, max_size=attempts),
    }
    words["duplicate"] = st.builds(_copies, st.integers(2, 3), _DELAY, st.booleans())
    if not is_final:  # the last webhook of a call that takes time is never due with the request
        words["before_reply"] = st.sampled_from((True,))
    alone = [st.fixed_dictionaries({name: value}) for name, value in words.items()]
    marked = {name: st.tuples(value, st.booleans()) for name, value in words.items()}
    together = st.fixed_dictionaries(marked).map(_kept_words).filter(bool)
    often = [st.fixed_dictionaries({name: words[name]}) for name in OFTEN]
    return st.one_of([st.just({"drop": "all"}), *alone, *often, together, st.just({"drop": 1})])


def _span(delay: int, is_drawn: bool) -> str:  # noqa: FBT001 - Hypothesis passes it
    return f"0s..{delay}s" if is_drawn else f"{delay}s"


def _copies(times: int, delay: int, is_spaced: bool) -> Any:  # noqa: FBT001 - Hypothesis passes it
    """Return how often a webhook comes: at once, or later each time."""
    return {"times": times, "spacing": f"{delay}s"} if is_spaced else times


def _kept_words(travel: Mapping[str, tuple[Any, bool]]) -> Words:
    """Return the words that are marked, without a `before_reply` that `after` makes too late.

    So Hypothesis leaves out any word by one small change.
    """
    kept = {word: value for word, (value, is_kept) in travel.items() if is_kept}
    return {word: kept[word] for word in kept if word != "before_reply" or "after" not in kept}


def early_reports() -> st.SearchStrategy[Words]:
    """A call that fails at once, and whose webhooks come before the reply."""
    failing = st.fixed_dictionaries({"ring": st.just("0s"), "then": st.sampled_from(FAILURES)})
    return failing.map(
        lambda leg: {"legs": {"a": leg}, "webhooks": {"any": {"before_reply": True}}}
    )


def matches(provider: str, operation: str) -> st.SearchStrategy[Words]:
    """Which requests of an operation play a scenario by themselves."""
    globs = {
        "callee": st.integers(0, 9).map("*{}".format),
        "from": st.sampled_from(("09:00", "10:00", "23:00")),
        "until": st.sampled_from(("09:05", "18:00")),
    }
    named = {"provider": st.just(provider), "operation": st.just(operation)}
    return st.fixed_dictionaries(named, optional=globs).map(lambda match: {"match": match})
