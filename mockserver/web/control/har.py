"""Exports requests and webhooks as an HTTP Archive, which browsers open."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.web.control.listing import (
    encode_json,
    encoded,
    respond_with_texts,
    separated,
)
from mockserver.web.control.params import dependencies_of, sandbox_of
from mockserver.web.slices import pause_if_many, run_in_slices
from mockserver.web.views.har import HEADING, build_har_jobs


async def get_har(request: Request) -> Response:
    """Export all requests and all attempts of webhooks as HAR 1.2."""
    sandbox, dependencies = sandbox_of(request), dependencies_of(request)
    jobs = build_har_jobs(sandbox.state, sandbox.request_durations, dependencies.origins[0])
    encoded_jobs = (encoded(job) for job in jobs)
    texts = [text async for text in run_in_slices(encoded_jobs, dependencies.background)]
    await pause_if_many(texts)
    heading = encode_json(HEADING).removesuffix("}")
    parts = [f'{{"log":{heading},"entries":['.encode(), *separated(texts), b"]}}"]
    return respond_with_texts(request, parts, "application/json")


ROUTES = (Route("/har", get_har),)
