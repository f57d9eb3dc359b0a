"""The journal: every fact in order, the replayable record."""

import json
import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.core.webhook import ORIGIN
from mockserver.web.control.reading import page, sandbox_of
from mockserver.web.wire import fact_json


async def journal(request: Request) -> Response:
    """No wall-clock quantity is in it, and our own address is written {origin}.

    `?format=jsonl` gives one fact a line, as `mockserver replay` reads it.
    """
    store = sandbox_of(request).store
    first = store.recorded - len(store.journal) + 1
    numbered = enumerate(store.journal, first)
    facts = [{"id": number, **fact_json(fact, store.world)} for number, fact in numbered]
    wanted = page(facts, request)
    lines = request.query_params.get("format") == "jsonl"
    body = {"facts": wanted, "dropped": first - 1}
    text = "".join(f"{_compact(one)}\n" for one in wanted) if lines else _compact(body)
    known = (*request.app.state.origins(), *store.origins)
    for origin in filter(None, known):
        text = re.sub(rf"{re.escape(origin)}(?![\w.:-])", ORIGIN, text)
    return Response(text, media_type="application/jsonl" if lines else "application/json")


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


ROUTES = (Route("/journal", journal),)
