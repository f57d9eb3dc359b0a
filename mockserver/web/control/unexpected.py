"""Lists what a test would not expect, for which a strict test fails."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.engine.unexpected import FINDERS, Finder, Source, Unexpected
from mockserver.web.control.listing import encoded, respond_with_json
from mockserver.web.control.params import dependencies_of, sandbox_of
from mockserver.web.redaction import redact_item
from mockserver.web.slices import Job, pause_if_many, run_in_slices, weigh


async def list_unexpected(request: Request) -> Response:
    """List the findings, kind by kind; `kinds` are all that there can be."""
    sandbox, background = sandbox_of(request), dependencies_of(request).background
    source = (sandbox.state, tuple(sandbox.uploaded_scenarios))
    searches = (Job(0, partial(_find_all, find, source)) for find in FINDERS.values())
    found = [each async for part in run_in_slices(searches, background) for each in part]
    await pause_if_many(found)
    salt = sandbox.state.configuration.seed
    jobs = (encoded(Job(weigh(each.message), partial(_serialize, each, salt))) for each in found)
    return await respond_with_json(request, "unexpected", jobs, {"kinds": [*FINDERS]})


def _find_all(find: Finder, source: Source) -> list[Unexpected]:
    return [*find(source)]


def _serialize(found: Unexpected, salt: str) -> dict[str, str]:
    shown = {"kind": found.kind, "id": found.subject, "message": found.message}
    return redact_item(shown, salt)


ROUTES = (Route("/unexpected", list_unexpected),)
