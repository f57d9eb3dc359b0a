"""One seed: what is read is read twice, and what is said of a call is compared with the journal.

The journal is the only witness: nothing here reads the state of a call.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.journal import JournalEntry
from mockserver.core.provider import Endpoint
from mockserver.core.webhook import Delivery
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle
from tests.simulation import expected
from tests.simulation.expected import Entries, Json
from tests.simulation.runner import ACTION_COUNT, ACTIONS, Run
from tests.support import read
from tests.support.builders import build_incoming_request
from tests.support.simulation import only_providers

READS: Final[Mapping[str, tuple[str, ...]]] = {
    "effebot": (
        "get", "get-with-templates", "user-info", "get-phones", "get-languages", "get-templates",
        "get-records", "play-record",
    ),
    "innocalls": ("call-status", "authorize", "webrtc", "webrtc-login"),
    "mobtexting": (),
    "phonon": (),
}  # fmt: skip
"""Vendor -> its operations that read; each of the others places or changes something."""

QUIRKS: Final[Sequence[Mapping[str, tuple[str, ...]]]] = (
    {},
    {"effebot": ("wrapped", "bare-webhook"), "phonon": ("report-2020",)},
)
"""Vendor -> quirks of its account; a seed has one of these."""

READS_PER_STEP: Final = 3
BALANCE: Final = Decimal(100)  # of Effebot's bundled account
STATUS_CHANGES: Final = (("begin", ""), ("ring", "a"), ("answer", "a"), ("ended", ""))
HISTORY: Final = ("event", "charge")


class Statement(NamedTuple):
    """What an answer or a webhook says of a call; it has to agree with one of the histories."""

    source: str
    call_id: str
    said: Json
    histories: Sequence[Entries]
    tell: Callable[[Entries, str], Json]


def find_disagreements(configuration: Configuration, seed: int) -> tuple[list[str], int]:
    """Return in words what disagrees in this seed, and how many statements were compared."""
    quirks = QUIRKS[seed % len(QUIRKS)]
    run = Run(_with_quirks(only_providers(configuration, *READS), quirks), seed)
    problems: list[str] = []
    statements: list[Statement] = []
    actions, weights = tuple(ACTIONS), tuple(ACTIONS.values())
    for step in range(ACTION_COUNT + 1):
        if step < ACTION_COUNT:
            run.chance.choices(actions, weights=weights)[0](run)
        else:
            run.finish()
        for provider, endpoint in run.chance.choices(_read_endpoints(run), k=READS_PER_STEP):
            problems += _read_twice(run, provider, endpoint, statements)
    for epoch in range(run.state.epoch + 1):
        entries = [entry for number, entry in run.entries if number == epoch]
        statements += _webhook_statements(entries)
        problems += _prices(entries)
    problems += [line for statement in statements for line in disagreements(statement)]
    prefix = f"seed {seed}: "
    return [prefix + problem for problem in problems], len(statements)


def _with_quirks(
    configuration: Configuration, quirks: Mapping[str, tuple[str, ...]]
) -> Configuration:
    accounts = {
        key: account.replace(quirks=frozenset(quirks.get(key[0], ())))
        for key, account in configuration.accounts.items()
    }
    return configuration._replace(accounts=accounts)


def disagreements(statement: Statement) -> list[str]:
    """Return what a statement says otherwise than every history; empty if it agrees with one."""
    lines: list[str] = []
    for history in statement.histories:
        right = statement.tell(history, statement.call_id)
        lines = [
            f"{statement.source} of {statement.call_id}: {name} is {statement.said.get(name)!r}, "
            f"by the journal {value!r}"
            for name, value in right.items()
            if statement.said.get(name) != value
        ]
        if not lines:
            return []
    return lines or [f"{statement.source} of {statement.call_id}: the journal has no history"]


def _read_endpoints(run: Run) -> list[tuple[str, Endpoint]]:
    return [
        (name, endpoint)
        for name, operations in READS.items()
        for endpoint in run.state.configuration.providers[name].provider.endpoints
        if endpoint.operation in operations
    ]


def _read_twice(
    run: Run, provider: str, endpoint: Endpoint, statements: list[Statement]
) -> Iterator[str]:
    """Read twice at this instant; add what the answer says of calls to the statements."""
    bound = run.state.configuration.providers[provider]
    fields = {**next(iter(bound.examples(endpoint.operation)), {}), **_subject(run, provider)}
    headers = {
        "authorization": "Bearer key",
        "accept": "application/json",
        "content-type": "application/json",
    }
    sent = Request(
        method=endpoint.method,
        path=endpoint.path,
        origin="http://h",
        headers=headers,
        fields=fields,
    )
    incoming = build_incoming_request(bound=bound, endpoint=endpoint, request=sent)
    first, second = (handle(run.state, incoming, run.now) for _ in range(2))
    if "too-many-requests" in (first.fault, second.fault):
        return
    if first.response != second.response:
        answers = f"{first.response}, then {second.response}"
        yield f"{provider} {endpoint.operation} is answered {answers}"
    history = [entry for epoch, entry in run.entries if epoch == run.state.epoch]
    if first.fault is None:
        statements += _answer_statements(run, provider, first, history)
        if endpoint.operation == "user-info":
            yield from _balance(first, history)


def _subject(run: Run, provider: str) -> Json:
    """Return the fields that name what is read: calls at random, and a record."""
    ids = read.call_ids_by_vendor_id(run.state)
    own = [(vendor_id, ids[name, vendor_id]) for name, vendor_id in ids if name == provider]
    bridges = [each for each, name in own if read.calls(run.state)[name].spec.operation == "bridge"]
    chosen = run.chance.choices([each for each, _ in own], k=2) if own else []
    subject: dict[str, object] = {"file": "1.wav"}
    if provider == "effebot" and chosen:
        subject["apiCallIdList"] = chosen[: run.chance.randrange(1, 3)]
    if provider == "innocalls" and bridges:
        subject["call_id"] = run.chance.choice(bridges)
    return subject


def _answer_statements(
    run: Run, provider: str, exchange: Exchange, history: Entries
) -> Iterator[Statement]:
    ids, body = read.call_ids_by_vendor_id(run.state), exchange.response.body
    source = f"the answer to {exchange.operation} at {exchange.at}"
    if provider == "effebot" and exchange.operation.startswith("get"):
        for details in _items(body):
            if "calls" in details:
                call_id = ids[provider, str(details["id"])]
                item = details["calls"][0]
                yield Statement(source, call_id, item, [history], expected.effebot_item)
    if provider == "innocalls" and exchange.operation == "call-status":
        status: Json = body["data"]["callStatus"]  # type: ignore[call-overload, index]
        call_id = ids[provider, status["callId"]]
        yield Statement(source, call_id, status, [history], expected.innocalls_times)


def _items(body: Any) -> list[Json]:
    """Return the objects of an Effebot answer, with or without envelope."""
    data = body["data"] if isinstance(body, Mapping) and "data" in body else body
    return [item for item in (data if isinstance(data, list) else [data]) if item]


def _balance(exchange: Exchange, history: Entries) -> Iterator[str]:
    [user] = _items(exchange.response.body)
    right = BALANCE - expected.total(expected.charges(history, provider="effebot"))
    if Decimal(user["balance"]) != right:
        yield f"the balance at {exchange.at} is {user['balance']}, by the journal {right}"


def _webhook_statements(entries: Entries) -> Iterator[Statement]:
    history = [entry for entry in entries if entry.type in HISTORY]
    dropped = {
        entry.payload["webhook"]
        for entry in entries
        if entry.type == "webhook-dropped" and isinstance(entry.payload, Mapping)
    }
    for entry in entries:
        if not isinstance(entry.payload, Delivery) or not entry.payload.webhook.body:
            continue
        kind, body = entry.payload.webhook.kind, entry.payload.webhook.body
        number = entry.payload.attempts[-1].number
        source = f"attempt {number} of {entry.payload.id} ({kind})"
        call_id = entry.call_id
        if kind == "status":
            yield _status_statement(source, entry, history, dropped)
        elif kind == "completed":
            yield Statement(source, call_id, body, [history], expected.mobtexting_report)
        elif kind == "report":
            said = {"attempts": _report_details(body)}
            is_older = "body" not in body
            tell = _older_report if is_older else _newer_report
            yield Statement(source, call_id, said, [history], tell)


def _status_statement(
    source: str, entry: JournalEntry, history: Entries, dropped: Collection[str]
) -> Statement:
    """A first attempt tells the call at a change of its status, a later one at its beginning.

    So does that of a dropped webhook, which is a redelivery.
    """
    delivery: Any = entry.payload
    [details] = delivery.webhook.body.get("apiCalls", [delivery.webhook.body])
    number, began = delivery.attempts[-1].number, delivery.attempts[-1].at
    said = {**details["calls"][0], "webhookTry": details["webhookTry"]}
    ends = [index for index, each in enumerate(history) if _is_status_change(each, entry.call_id)]
    if number > 1 or delivery.id in dropped:
        ends = _ends_at(history, began, ends[0])

    def tell(known: Entries, call_id: str) -> Json:
        return {**expected.effebot_item(known, call_id), "webhookTry": number}

    return Statement(source, entry.call_id, said, [history[: end + 1] for end in ends], tell)


def _ends_at(history: Entries, instant: int, first: int) -> list[int]:
    """Return where the history may end for somebody who looks at this instant."""
    before = [index for index, each in enumerate(history) if each.at < instant]
    during = [index for index, each in enumerate(history) if each.at == instant]
    return [index for index in (*before[-1:], *during) if index >= first]


def _is_status_change(entry: JournalEntry, call_id: str) -> bool:
    event: Any = entry.payload
    if entry.type != "event" or entry.call_id != call_id:
        return False
    return any(
        event.type == event_type and leg in ("", event.leg) for event_type, leg in STATUS_CHANGES
    )


def _report_details(body: Json) -> list[Json]:
    """Return the times and durations of each attempt in either form of Phonon's report."""
    details = body["body"]["callDetails"] if "body" in body else body["callDetails"]
    return [
        {
            "startTime": detail["startTime"],
            "connectTime": detail.get("connectTime"),
            "endTime": detail["endTime"],
            "duration": int(detail["duration"]),
            "ringingStartTime": detail.get("ringingStartTime"),
            "pressed": [each["eventTime"] for each in detail.get("dtmfPressesd", ())],
        }
        for detail in details
    ]


def _newer_report(entries: Entries, call_id: str) -> Json:
    return {"attempts": expected.phonon_attempts(entries, call_id)}


def _older_report(entries: Entries, call_id: str) -> Json:
    """The older form has whole seconds, and neither keys nor the beginning of the ringing."""
    attempts = [
        {
            **each,
            "duration": each["duration"] // 1_000,
            "ringingStartTime": None,
            "pressed": [],
        }
        for each in expected.phonon_attempts(entries, call_id)
    ]
    return {"attempts": attempts}


def _prices(entries: Entries) -> Iterator[str]:
    """Yield the answers of Effebot whose price of synthesis is not what was charged with them."""
    for index, entry in enumerate(entries):
        exchange = entry.payload
        if not isinstance(exchange, Exchange) or exchange.fault or exchange.provider != "effebot":
            continue
        if not exchange.operation.startswith("create"):
            continue
        following = entries[index + 1 :]
        end = next((at for at, each in enumerate(following) if each.type == "request"), None)
        charged = expected.total(expected.charges(following[:end], reason="synthesis"))
        for item in _items(exchange.response.body):
            price = Decimal(item.get("recordCost", item.get("cost", "0")))
            created = expected.seconds(exchange.at)
            if (price, item["createdAt"]) != (charged, created):
                yield f"{exchange.id} says {price} at {item['createdAt']}, charged are {charged}"
