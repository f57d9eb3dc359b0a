"""Lists the journal, and exports it for replay."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.web.control.params import dependencies_of, paginate, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.views.journal_export import (
    export_lines,
    format_json,
    replace_origins,
    serialize_entries,
)

FORMATS = ("json", "jsonl")


async def get_journal(request: Request) -> Response:
    """List the journal, without wall-clock values and with the server's origins as `{origin}`.

    `?format=jsonl` exports all of it, one entry per line, as `mockserver replay` reads it.
    """
    state, origins = sandbox_of(request).state, dependencies_of(request).origins
    format_name = request.query_params.get("format", "json")
    if format_name not in FORMATS:
        raise ProblemError("invalid-query", f"format is one of {', '.join(FORMATS)}")
    if format_name == "jsonl":
        text = "".join(f"{line}\n" for line in export_lines(state, origins))
        return Response(text, media_type="application/jsonl")
    page = {
        "entries": paginate(serialize_entries(state), request),
        "evicted": state.journal.first_sequence - 1,
    }
    return Response(
        replace_origins(format_json(page), state, origins), media_type="application/json"
    )


ROUTES = (Route("/journal", get_journal),)
