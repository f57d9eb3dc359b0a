"""Lists and exports the journal."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.web.control.listing import respond_with_json, respond_with_lines
from mockserver.web.control.pages import paginate
from mockserver.web.control.params import dependencies_of, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.slices import Job, pause_if_many
from mockserver.web.views.journal_export import (
    NumberedEntry,
    build_export_jobs,
    format_json,
    known_origins,
    number_entries,
    replace_origins,
    serialize_numbered,
)
from mockserver.web.views.weights import weigh_entry

FORMATS = ("json", "jsonl")


async def get_journal(request: Request) -> Response:
    """List the journal, without wall-clock values and with the server's origins as `{origin}`.

    `?format=jsonl` exports all of it, one entry per line.
    """
    state, origins = sandbox_of(request).state, dependencies_of(request).origins
    format_name = request.query_params.get("format", "json")
    if format_name not in FORMATS:
        raise ProblemError("invalid-query", f"format must be one of {', '.join(FORMATS)}")
    if format_name == "jsonl":
        jobs = build_export_jobs(state, origins)
        return await respond_with_lines(request, jobs, "application/jsonl")
    evicted, known = state.journal.first_sequence - 1, known_origins(state, origins)
    page = paginate(
        [{"id": numbered[0], "value": numbered} for numbered in number_entries(state)], request
    )
    await pause_if_many(page)

    def render(numbered: NumberedEntry) -> bytes:
        text = format_json(serialize_numbered(numbered, state))
        return replace_origins(text, known).encode()

    entries = (item["value"] for item in page)
    jobs_of_page = (Job(weigh_entry(entry[1]), partial(render, entry)) for entry in entries)
    return await respond_with_json(request, "entries", jobs_of_page, {"evicted": evicted})


ROUTES = (Route("/journal", get_journal),)
