"""The journal: every fact in order, the replayable record."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.web.control.reading import page, sandbox_of
from mockserver.web.record import anonymous, compact, facts, first, lines


async def journal(request: Request) -> Response:
    """No wall-clock quantity is in it, and our own address is written {origin}.

    `?format=jsonl` exports the whole of it, one fact a line, as `mockserver replay` reads it.
    """
    store, origins = sandbox_of(request).state, request.app.state.origins()
    if request.query_params.get("format") == "jsonl":
        text = "".join(f"{line}\n" for line in lines(store, origins))
        return Response(text, media_type="application/jsonl")
    told = {"facts": page(facts(store), request), "dropped": first(store) - 1}
    return Response(anonymous(compact(told), store, origins), media_type="application/json")


ROUTES = (Route("/journal", journal),)
