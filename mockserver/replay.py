"""Plays an exported journal again in a world of the same seed, without sockets or waiting."""

import asyncio
import base64
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple

from mockserver.catalog.registry import control
from mockserver.core.account import REFUSED
from mockserver.core.facts import Fact
from mockserver.core.time import millis
from mockserver.core.webhook import ORIGIN, Answer, Delivery
from mockserver.runtime.attached import Application, spoken
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandboxes import Sandboxes
from mockserver.settings import Settings
from mockserver.web.guard import Guard
from mockserver.web.masking import mask
from mockserver.web.parts import Parts
from mockserver.web.record import HOST, lines
from mockserver.web.site import site
from mockserver.world import Compiler, world

HERE: Final = "http://localhost:8080"
PATIENCE: Final = 60.0  # real seconds for one fact: a story may make a client wait

Json = Mapping[str, Any]


class Unreadable(ValueError):
    """The file is no journal that could be played again; the sentence says why."""


class Replayed(NamedTuple):
    """The journal of the replay, and why it ended early if it did."""

    lines: tuple[str, ...]
    stopped: str = ""


class Diverged(Exception):
    """The replay has come to where the journal's next fact cannot happen."""


class Recorded:
    """A courier that goes nowhere: each attempt is answered as the journal tells, when it does."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, int], asyncio.Future[Answer]] = {}

    async def carry(self, delivery: Delivery) -> Answer:
        return await self._of(delivery.id, len(delivery.attempts) + 1)

    def answer(self, fact: Json) -> None:
        told = self._of(fact["webhook"], fact["number"])
        if not told.done():
            told.set_result(Answer(fact["status"], fact["error"]))

    def _of(self, name: str, number: int) -> asyncio.Future[Answer]:
        waiting = asyncio.get_running_loop().create_future()
        return self._answers.setdefault((name, number), waiting)


def replayed(given: Sequence[str], settings: Settings) -> Replayed:
    """Every request and control request of the journal once more, each at its time.

    Receivers answer as they did. Files and options are those of `settings`; seed, start and
    sandbox are the journal's.

    Raises:
        Unreadable: what is given is no journal, or not the whole of one.
        Mistake, Unusable: as `world`.
    """
    head, *facts = _read(given)
    start = millis(datetime.fromisoformat(head["start_at"]))
    told = settings._replace(seed=head["seed"], clock="manual", start=start)
    return asyncio.run(_replayed(head["sandbox"], facts, told))


def _read(given: Sequence[str]) -> list[Json]:
    try:
        told = [json.loads(line) for line in given if line.strip()]
    except ValueError as error:
        raise Unreadable(f"a line is not JSON: {error}") from None
    if not told or not isinstance(told[0], dict) or told[0].get("journal") != 1:
        raise Unreadable("the first line is no heading: GET /_mock/journal?format=jsonl gives one")
    if told[0]["dropped"]:
        raise Unreadable(f"it is cut: the oldest {told[0]['dropped']:,} facts have left already")
    return told


@asynccontextmanager
async def _no_lifespan(_: Any) -> AsyncIterator[None]:
    yield


async def _replayed(name: str, facts: list[Json], settings: Settings) -> Replayed:
    start, courier = world(settings), Recorded()
    timing = Timing("manual", settings.start)
    sandboxes = Sandboxes(courier, (start, timing), lambda _: None)
    parts = Parts(
        sandboxes=sandboxes,
        origins=lambda: (HERE,),
        compile=Compiler(settings),
        control=control,
        refused=Counter(),
        guard=Guard(),
        public_url=settings.public_url.rstrip("/"),
    )
    sandbox = sandboxes.get(name)
    player = _Player(sandbox, courier, site(parts, _no_lifespan), _known(sandbox))
    stopped = await player.play(facts)
    await sandbox.driver.quiet()
    return Replayed(tuple(lines(sandbox.store, (HERE,))), stopped)


def _known(sandbox: Sandbox) -> Mapping[str, str]:
    """Masks of what the files tell, so that it can be put back where it stood."""
    documents = [one.document for one in sandbox.store.accounts.values()]
    salt = sandbox.store.world.seed
    return {mask(one, salt): one for one in (*REFUSED, *_texts(documents))}


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value
    parts = inner if isinstance(value, Mapping | list | tuple | frozenset) else ()
    return [text for part in parts for text in _texts(part)]


class _Player:
    """Goes through the facts: what came from outside is sent again, the rest must come of it."""

    def __init__(
        self, sandbox: Sandbox, courier: Recorded, app: Application, known: Mapping[str, str]
    ) -> None:
        self._sandbox, self._courier, self._app, self._known = sandbox, courier, app, known
        self._grown = asyncio.Event()
        self._tasks: list[asyncio.Task[Answer]] = []
        self._early: set[int] = set()
        sandbox.store.watchers.append(lambda _: self._grown.set())

    async def play(self, facts: Sequence[Json]) -> str:
        """Why it ended before the last fact; empty if it did not."""
        store = self._sandbox.store
        try:
            for place, fact in enumerate(facts):
                if store.recorded <= place:
                    self._sandbox.clock.jump(_at(fact))
                    await self._bring_about(facts, place)
        except Diverged as diverged:
            return str(diverged)
        except TimeoutError:
            return f"fact {store.recorded + 1} has not come within {PATIENCE:g} s"
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        return ""

    async def _bring_about(self, facts: Sequence[Json], place: int) -> None:
        fact = facts[place]
        match fact["fact"]:
            case "request":
                self._ask(fact)
            case "control" if place not in self._early:
                self._ask_ours(fact)
            case "clock":
                self._record(fact)
            case "attempt":
                await self._answer(fact)
            case "event" if fact.get("by") == "control":
                self._early.add(_source(facts, place))
                self._ask_ours(facts[_source(facts, place)])
            case _:
                await self._step(place, fact)
        await self._until(place)

    async def _until(self, place: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while self._sandbox.store.recorded <= place:
                self._grown.clear()
                await self._grown.wait()

    async def _step(self, place: int, fact: Json) -> None:
        """Time goes on, thing by thing, until the fact is there."""
        while self._sandbox.store.recorded <= place:
            if not self._sandbox.driver.once(_at(fact)):
                what = " ".join(str(fact.get(key) or "") for key in ("fact", "event", "call"))
                raise Diverged(f"fact {fact['id']}, {what.strip()}, does not come about")
            await asyncio.sleep(0)

    async def _answer(self, fact: Json) -> None:
        """The webhook leaves when it is due, and its receiver answers."""
        deliveries = self._sandbox.store.deliveries
        while fact["webhook"] not in deliveries or deliveries[fact["webhook"]].due is not None:
            if not self._sandbox.driver.once(_at(fact)):
                raise Diverged(f"fact {fact['id']}: webhook {fact['webhook']} is not sent")
            await asyncio.sleep(0)
        self._courier.answer(fact)

    def _record(self, fact: Json) -> None:
        told = {key: fact[key] for key in ("mode", "advance") if key in fact}
        self._sandbox.store.record(Fact(_at(fact), "clock", "", told))

    def _ask(self, fact: Json) -> None:
        told = fact["sent"]
        body = base64.b64decode(told["base64"]) if "base64" in told else None
        if body is None:
            body = self._plain(told.get("body", "")).encode()
        host = HERE.partition("//")[2] if told["host"] == HOST else told["host"]
        headers = {**told["headers"], "host": host}
        if "authorization" in headers:
            headers["authorization"] = self._authorization(headers["authorization"])
        self._send(fact["method"], (fact["path"], fact["query"]), headers, body, told["client"])

    def _ask_ours(self, fact: Json) -> None:
        given = fact.get("body")
        text = given if isinstance(given, str) else json.dumps(given)
        headers = {"host": HERE.partition("//")[2], "content-type": "application/json"}
        place = (f"/_mock{fact['path']}", "")
        self._send(fact["method"], place, headers, self._plain(text).encode(), "127.0.0.1")

    def _send(
        self, method: str, place: tuple[str, str], headers: Json, body: bytes, client: str
    ) -> None:
        named = {**headers, "x-mock-sandbox": self._sandbox.name}
        listed = [(name.encode(), self._plain(one).encode()) for name, one in named.items()]
        path, query = map(self._plain, place)
        scope = {
            "method": method,
            "scheme": "http",
            "path": path,
            "query_string": query.encode(),
            "headers": listed,
            "server": ("localhost", 8080),
            "client": (client, 0),
        }
        self._tasks.append(asyncio.create_task(spoken(self._app, scope, body)))

    def _authorization(self, given: str) -> str:
        """Basic hides a mask inside, as it has hidden the secret."""
        scheme, _, packed = given.partition(" ")
        if scheme.lower() != "basic" or packed in self._known or packed.startswith("***"):
            return given
        told = self._plain(base64.b64decode(packed).decode())
        return f"{scheme} {base64.b64encode(told.encode()).decode()}"

    def _plain(self, text: str) -> str:
        """Known secrets in place of their masks, and our own address again."""
        for masked, secret in self._known.items():
            if masked in text:
                text = text.replace(masked, secret)
        return text.replace(ORIGIN, HERE)


def _source(facts: Sequence[Json], place: int) -> int:
    """Where the journal tells who has played the phone: it does so behind what came of it."""
    asked = ("control", f"/calls/{facts[place]['call']}/events")
    later = enumerate(facts[place + 1 :], place + 1)
    nth = next((one for one, fact in later if (fact["fact"], fact.get("path")) == asked), None)
    if nth is None:
        raise Diverged(f"fact {facts[place]['id']} was ordered by nobody in this journal")
    return nth


def _at(fact: Json) -> int:
    return millis(datetime.fromisoformat(fact["at"]))
