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
    """No wall-clock quantity is in it, and our own address is written {origin}."""
    store = sandbox_of(request).store
    first = store.recorded - len(store.journal) + 1
    numbered = enumerate(store.journal, first)
    facts = [{"id": number, **fact_json(fact, store.world)} for number, fact in numbered]
    body = {"facts": page(facts, request), "dropped": first - 1}
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    known = (*request.app.state.origins(), *store.origins)
    for origin in filter(None, known):
        text = re.sub(rf"{re.escape(origin)}(?![\w.:-])", ORIGIN, text)
    return Response(text, media_type="application/json")


ROUTES = (Route("/journal", journal),)
