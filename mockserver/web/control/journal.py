"""The journal: every fact in order, the replayable record."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.web.control.params import dependencies_of, paginate, sandbox_of
from mockserver.web.views.journal_export import (
    export_lines,
    first_sequence,
    format_json,
    replace_origins,
    serialize_entries,
)


async def get_journal(request: Request) -> Response:
    """No wall-clock quantity is in it, and our own address is written {origin}.

    `?format=jsonl` exports the whole of it, one fact a line, as `mockserver replay` reads it.
    """
    store, origins = sandbox_of(request).state, dependencies_of(request).origins()
    if request.query_params.get("format") == "jsonl":
        text = "".join(f"{line}\n" for line in export_lines(store, origins))
        return Response(text, media_type="application/jsonl")
    told = {
        "facts": paginate(serialize_entries(store), request),
        "dropped": first_sequence(store) - 1,
    }
    return Response(
        replace_origins(format_json(told), store, origins), media_type="application/json"
    )


ROUTES = (Route("/journal", get_journal),)
