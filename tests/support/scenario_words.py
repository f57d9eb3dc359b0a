"""Strategies for scenarios in which every word can be seen, and words to put in their place."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.support.leg_operations import LEG_OPERATIONS

Path = tuple[str | int, ...]
FAILURES = ("busy", "rejected", "unreachable", "invalid-number", "network-failure")
STATUSES = (418, 429, 500, 502, 503)
ACCOUNTS: Mapping[str, Mapping[str, Any]] = {
    "mobtexting": {"provider": "mobtexting", "credentials": "any"},
    "phonon": {"provider": "phonon", "credentials": "any", "flows": {
        "Ab12Cd34": {"reattempts": 1}, "Br1dge00": {"bridge": "918867135000"}}},
}  # fmt: skip
RETRY = {"waits": ["60s", "300s"]}


class Wish(NamedTuple):
    """A scenario for one operation, and requests on which all of its words can be seen."""

    operation: str
    scenario: Mapping[str, Any]
    requests: tuple[Mapping[str, Any], ...] = ({},)
    has_retries: bool = False

    @property
    def file(self) -> dict[str, Any]:
        provider = LEG_OPERATIONS[self.operation].provider
        accounts: dict[str, Any] = {}
        if self.has_retries:
            accounts = {"mine": {**ACCOUNTS[provider], "retry": RETRY}}
        name = {} if "match" in self.scenario else {"default": "wish"}
        return {**name, "accounts": accounts, "scenarios": {"wish": dict(self.scenario)}}


def seconds(low: int, high: int) -> st.SearchStrategy[str]:
    """Durations that no default has: an odd number of milliseconds."""
    return st.integers(low * 1_000, high * 1_000 - 1).map(lambda value: f"{value | 1}ms")


spans = st.builds("{}..{}".format, seconds(3, 5), seconds(6, 9))
skewed = st.fixed_dictionaries({"median": seconds(3, 4), "p95": seconds(7, 9)})
delays = seconds(3, 9) | spans | skewed
digits = st.sampled_from(("1", "2", "34", "*9#"))
words = st.sampled_from(("yes", "no", "call me back"))
presses = digits | st.lists(
    st.fixed_dictionaries({"after": delays, "digits": digits}), min_size=1, max_size=2
)
utterances = words | st.lists(
    st.fixed_dictionaries({"after": delays, "words": words}), min_size=1, max_size=2
)
endings = st.fixed_dictionaries({"hangup": seconds(60, 90)}) | st.fixed_dictionaries(
    {"talk": seconds(60, 90)}
)
failing = st.fixed_dictionaries({"ring": delays, "then": st.sampled_from(FAILURES)})
silent = st.fixed_dictionaries({"ring": delays, "then": st.just("no-answer")})
keys = st.fixed_dictionaries({"press": presses}) | st.fixed_dictionaries({"say": utterances})
answering = st.builds(
    lambda answer, actions, ending: {**answer, **actions, **ending},
    st.fixed_dictionaries({"answer": delays})
    | st.fixed_dictionaries({"ring": delays, "then": st.just("machine")}),
    keys,
    endings,
)
reached = failing | answering
"""How a leg behaves that is the only one, or the last to be dialed."""


def callee(behaviors: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"callee": behaviors})


@st.composite
def leg_wishes(draw: st.DrawFn) -> Wish:
    operation = draw(st.sampled_from(("click-to-call", "bridge", "phonon-bridge", "phonon")))
    names = LEG_OPERATIONS[operation].names
    first = draw(st.sampled_from(names["a"]))
    if "b" not in names:
        return Wish(operation, {"legs": {first: draw(reached)}})
    second = draw(st.sampled_from(names["b"]))
    caller = draw(st.fixed_dictionaries({"answer": delays}))
    return Wish(operation, {"legs": {first: caller, second: draw(reached)}})


@st.composite
def list_wishes(draw: st.DrawFn) -> Wish:
    operation, key = draw(
        st.sampled_from((("click-to-call", "attempts"), ("phonon", "attempts"),
                         ("phonon", "numbers")))
    )  # fmt: skip
    earlier = silent if key == "attempts" else failing
    items = [draw(callee(earlier)), draw(callee(reached))]
    numbers = {"client-identifier": "x", "contact-numbers": ["918867136000", "918867136001"]}
    requests = ({"fields": {"calls": [numbers]}},) if key == "numbers" else ({},)
    return Wish(operation, {key: items}, requests)


@st.composite
def choice_wishes(draw: st.DrawFn) -> Wish:
    operation = draw(st.sampled_from(("order-confirmation", "flow")))
    weights = st.integers(3, 9)
    inner = [
        {"weight": draw(weights), "legs": draw(callee(reached))},
        {"weight": draw(weights), "use": draw(st.sampled_from(("rejected", "answering-machine")))},
        {"weight": draw(weights), "responses": [{"status": draw(st.sampled_from(STATUSES))}]},
    ]
    return Wish(operation, {"choose": inner}, tuple({"at": 3_000 * each} for each in range(8)))


@st.composite
def step_wishes(draw: st.DrawFn) -> Wish:
    operation = draw(st.sampled_from(("order-confirmation", "flow", "phonon")))
    name = draw(st.sampled_from(LEG_OPERATIONS[operation].names["a"]))
    steps = [
        {"after": draw(delays), "ring": name},
        {"after": draw(delays), draw(st.sampled_from(("answer", "machine"))): name},
        {"after": draw(delays), "press": draw(digits), "leg": name},
        {"after": draw(delays), "say": draw(words), "leg": name},
        {"after": draw(delays), "hangup": name, "cause": draw(st.sampled_from(FAILURES))},
    ]
    if "machine" in steps[1]:
        steps.insert(1, {"after": draw(delays), "answer": name})
    return Wish(operation, {"steps": steps})


raw_answers = st.fixed_dictionaries(
    {
        "status": st.sampled_from(STATUSES),
        "headers": st.fixed_dictionaries({"content-type": st.sampled_from(("text/html", "a/b"))}),
        "body": st.sampled_from(("<h1>Bad Gateway</h1>", "oops", "{}")),
    }
)


@st.composite
def response_wishes(draw: st.DrawFn) -> Wish:
    faults = st.sampled_from(("service-unavailable", "insufficient-balance", "bridge-unknown"))
    item = raw_answers | st.fixed_dictionaries({"refuse": faults}) | st.just("pass")
    items = draw(st.lists(item, min_size=2, max_size=3, unique_by=str))
    responses: Any = {"cycle": items} if draw(st.booleans()) else items
    requests = tuple({"at": 100 * each} for each in range(len(items) + 2))
    return Wish("click-to-call", {"responses": responses}, requests)


@st.composite
def webhook_wishes(draw: st.DrawFn) -> Wish:
    operation, kind = draw(st.sampled_from((("click-to-call", "completed"), ("phonon", "report"))))
    attempt = st.sampled_from(("timeout", "reset", 500, 404)) | st.fixed_dictionaries(
        {"status": st.sampled_from(STATUSES), "after": seconds(3, 5)}
    )
    words_of_kind = {
        "duplicate": {"times": draw(st.integers(2, 4)), "spacing": draw(seconds(30, 60))},
        "after": draw(delays),
        "attempts": [*draw(st.lists(attempt, min_size=2, max_size=2)), "deliver"],
        "corrupt": draw(st.sampled_from(("truncate", "garbage"))),
    }
    chosen = draw(st.sampled_from(sorted(words_of_kind)))
    some = {key: words_of_kind[key] for key in words_of_kind if key >= chosen}
    webhooks = {draw(st.sampled_from((kind, "any"))): some}
    return Wish(operation, {"webhooks": webhooks}, has_retries=True)


@st.composite
def match_wishes(draw: st.DrawFn) -> Wish:
    operation = draw(st.sampled_from(("click-to-call", "bridge")))
    named = LEG_OPERATIONS[operation]
    match = {
        "provider": named.provider,
        "operation": f"{named.operation[:2]}*",
        draw(st.sampled_from(("b", "callee"))): "*",
        "headers": {"x-test": "7*"},
        "from": "2026-01-01T09:10:00Z",
        "until": "2026-01-01T09:20:00Z",
    }
    requests = tuple(
        {"at": at, "headers": {"x-test": "71"}} for at in (0, 599.999, 600, 1_199.999, 1_200)
    )
    return Wish(operation, {"match": match, "legs": {"callee": draw(failing)}}, requests)


wishes = st.one_of(
    leg_wishes(),
    list_wishes(),
    choice_wishes(),
    step_wishes(),
    response_wishes(),
    webhook_wishes(),
    match_wishes(),
)

OTHER: Mapping[str, tuple[Any, ...]] = {
    "then": ("busy", "rejected", "answered"),
    "digits": ("7", "8"),
    "press": ("7", "8"),
    "words": ("perhaps", "never"),
    "say": ("perhaps", "never"),
    "cause": ("busy", "rejected"),
    "status": (400, 410),
    "body": ("other", "text"),
    "content-type": ("text/css", "text/csv"),
    "refuse": ("rate-limited", "unauthorized", "service-unavailable"),
    "weight": (1_000, 0),
    "times": (1, 5),
    "corrupt": ("garbage", "truncate"),
    "use": ("unreachable", "answered"),
    "from": ("2026-01-01T09:05:00Z", "2026-01-01T09:30:00Z"),
    "until": ("2026-01-01T09:15:00Z", "2026-01-01T09:30:00Z"),
}
"""The name of a word -> legal values, one of which differs from what stands there."""

DURATIONS = ("after", "ring", "answer", "talk", "hangup", "spacing", "median", "p95")


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path and the value of every scalar."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path, value


def others(path: Path, value: Any) -> Iterator[Any]:
    """Yield legal values for the place of a word, none of which is the word itself."""
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if str(value).endswith("ms"):
        yield from ("11s", "12s") if name != "p95" else ("21s", "22s")
    elif "match" in path and name not in OTHER:
        yield from ("no-such-*", "other")
    elif name == "attempts":
        yield from (401, 402)
    elif name in ("responses", "cycle"):
        yield {"status": 451}
    elif "steps" in path and name in ("ring", "answer", "machine", "hangup", "leg"):
        yield "b"
    else:
        yield from (other for other in OTHER.get(name, ("other",)) if other != value)


def replaced(value: Any, path: Path, new: Any) -> Any:
    """Return a copy with the value at the path replaced."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)  # type: ignore[index]
    return copy
