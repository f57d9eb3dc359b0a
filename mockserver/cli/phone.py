"""`mockserver phone`: play one leg of a call at a running server."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, NamedTuple, NoReturn
from urllib.parse import quote

import click

from mockserver.cli import BAD_USAGE, end
from mockserver.cli.connection import Server, with_server_options
from mockserver.cli.control import ask

Json = dict[str, Any]
PLACE_HINT: Final = (
    "`mockserver place PROVIDER --scenario waits-for-a-person` places a call whose callee rings"
)


class Action(NamedTuple):
    """What a person does with a phone: the event, and its key that takes the words after it.

    `rings` says whether the phone still has to ring.
    """

    event: Mapping[str, str]
    argument: str = ""
    rings: bool = False


ACTIONS: Final[Mapping[str, Action]] = {
    "answer": Action({"event": "answer"}, rings=True),
    "decline": Action({"event": "hangup", "cause": "rejected"}, rings=True),
    "busy": Action({"event": "hangup", "cause": "busy"}, rings=True),
    "no-answer": Action({"event": "hangup", "cause": "no-answer"}, rings=True),
    "press": Action({"event": "press"}, "digits"),
    "say": Action({"event": "say"}, "words"),
    "hangup": Action({"event": "hangup"}),
}
USAGES: Final = ("answer", "decline", "busy", "no-answer", "press KEYS", "say WORDS", "hangup")
AWAITED: Final[Mapping[str, str]] = {
    "person": "until {leg} answers (answer, decline, busy or no-answer)",
    "press": "until {leg} presses keys (press KEYS)",
    "say": "until {leg} speaks (say WORDS)",
    "hangup": "until {leg} hangs up (hangup)",
    "poll": "until a client reads the call",
    "control": "until the control API sends `continue`",
}
"""`waiting[].for` of a call -> how long it waits, and the actions that end that."""


EVENT_WORDS: Final = ("digits", "words", "cause", "outcome")
"""Members of an event that say more than its name."""


class Order(NamedTuple):
    """The words of the command line: a call or None, the name of an action, its argument."""

    call: str | None
    action: str
    argument: str


@click.command("phone", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("words", nargs=-1, required=True, metavar="[CALL] ACTION")
@click.option("--leg", metavar="NAME", help="leg that acts: a, b, callee or the vendor's word")
@with_server_options
def command(server: Server, words: tuple[str, ...], leg: str | None) -> None:
    """Act as a person on the phone in CALL, and print what the call does next.

    ACTION is answer, decline, busy, no-answer, press KEYS, say WORDS or hangup. Without CALL, it is
    the only call with a leg that waits for a person. If no leg waits, the callee acts.
    """
    order = _parse_words(words)
    action = ACTIONS[order.action]
    phones = _find_phones(server, action)
    name = order.call or _only_call(phones, action)
    call = ask(server, "GET", f"/calls/{quote(name, safe='')}")
    own = (phone["leg"] for phone in phones if phone["call"] == name)
    leg = leg or next(own, "callee")
    _check_rings(call, leg, order.action)
    argument = {action.argument: order.argument} if action.argument else {}
    event = {**action.event, "leg": leg, **argument}
    changed = ask(server, "POST", f"/calls/{call['id']}/events", event)
    for line in _next_lines(changed, len(call["events"]), ask(server, "GET", "/clock")):
        click.echo(line)


def _find_phones(server: Server, action: Action) -> list[Json]:
    """Return the phones that can do it: those in a conversation first, if they need not ring."""
    phones: list[Json] = ask(server, "GET", "/phones")["phones"]
    can = [phone for phone in phones if phone["state"] == "ringing" or not action.rings]
    return sorted(can, key=lambda phone: phone["state"] == "ringing")


def _only_call(phones: list[Json], action: Action) -> str:
    """Return the only call with a phone; end the command if there is none, or more."""
    calls: dict[str, Json] = {phone["call"]: phone for phone in reversed(phones)}
    if len(calls) != 1:
        _end_with_choice(calls, action)
    return next(iter(calls))


def _end_with_choice(calls: Mapping[str, Json], action: Action) -> NoReturn:
    if not calls:
        what = "no phone rings" if action.rings else "no leg waits for a person"
        end(f"mockserver: {what}: {PLACE_HINT}")
    names = (f"{call} ({phone['role']} {phone['number']})" for call, phone in sorted(calls.items()))
    end(f"mockserver: {len(calls)} calls have such a phone: name one of {', '.join(names)}")


def _parse_words(words: tuple[str, ...]) -> Order:
    call, rest = (None, words) if words[0] in ACTIONS else (words[0], words[1:])
    if not rest or rest[0] not in ACTIONS:
        _end_with_usage(rest[0] if rest else words[0])
    name, arguments = rest[0], rest[1:]
    if bool(arguments) != bool(ACTIONS[name].argument):
        usage = next(usage for usage in USAGES if usage.split()[0] == name)
        end(f"mockserver: the phone takes `{usage}`, not `{' '.join(rest)}`", BAD_USAGE)
    return Order(call, name, " ".join(arguments))


def _end_with_usage(word: str) -> NoReturn:
    nearest = get_close_matches(word, ACTIONS, 1)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"it can {', '.join(USAGES)}"
    end(f"mockserver: a phone has no action {word!r}: {hint}", BAD_USAGE)


def _check_rings(call: Json, name: str, action_name: str) -> None:
    """End the command if the phone has to ring for the action, and does not.

    The server says that a leg is unknown.
    """
    leg = _find_leg(call, name)
    if leg and ACTIONS[action_name].rings and leg["state"] != "ringing":
        can = "press, say or hangup" if leg["state"] == "answered" else "nothing"
        end(
            f"mockserver: {_leg_text(call, name)} of {call['id']} does not ring, "
            f"it is {leg['state']}: it can do {can}, not {action_name}"
        )


def _find_leg(call: Json, name: str) -> Json | None:
    own = call["leg_names"].get(name, name)
    return next((leg for leg in call["legs"] if leg["name"] == own), None)


def _leg_text(call: Json, name: str) -> str:
    leg = _find_leg(call, name)
    return f"{leg['role']} {leg['number']}" if leg else name


def _next_lines(call: Json, known_events: int, clock: Json) -> Iterator[str]:
    for event in call["events"][known_events:]:
        leg = event["leg"] and _leg_text(call, event["leg"])
        words = (event["event"], leg, *map(event.get, EVENT_WORDS))
        yield " ".join((call["id"], *filter(None, words)))
    legs = ", ".join(f"{_leg_text(call, leg['name'])} {leg['state']}" for leg in call["legs"])
    yield f"{call['id']} is {call['state']}: {legs}"
    if call["state"] == "ended":
        webhooks = ", ".join(call["webhooks"]) or "none"
        yield f"outcome {call['outcome']}, webhooks {webhooks}"
        return
    for wait in call["waiting"]:
        leg = _leg_text(call, wait["leg"]) if wait["leg"] else "a leg"
        text = AWAITED.get(wait["for"], f"for {wait['for']}")
        yield f"it waits {text.format(leg=leg)}"
    if not call["waiting"]:
        yield due_line(clock)


def due_line(clock: Json) -> str:
    """Say when the sandbox does something next."""
    if clock["next_at"] is None:
        return "nothing is due"
    stands = "; the clock stands: advance it" if clock["mode"] == "manual" else ""
    return f"next is due at {clock['next_at']}, it is {clock['now']}{stands}"
