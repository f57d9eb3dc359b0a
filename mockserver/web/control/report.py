"""Reports what the receivers of a sandbox's webhooks did."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.report.copies import DifferingCopies
from mockserver.report.follow_ups import FollowUp
from mockserver.report.receivers import (
    ReceiverReport,
    Source,
    report_receivers,
    take_source,
)
from mockserver.web.control.listing import respond_with_item
from mockserver.web.control.params import sandbox_of
from mockserver.web.redaction import redact_item
from mockserver.web.slices import ITEM_WEIGHT, MAX_WEIGHT, Job
from mockserver.web.views.body_preview import preview_body


async def get_report(request: Request) -> Response:
    """Report what each receiver did; `evicted` counts the webhooks that are no longer kept."""
    state = sandbox_of(request).state
    source = take_source(state)
    evicted = state.deliveries.count - len(source.deliveries)
    render = partial(_render, source, evicted, state.configuration.seed)
    return await respond_with_item(request, Job(_weigh(source), render))


def _weigh(source: Source) -> int:
    """Weigh what is counted, and the bodies of responses that may be shown."""
    items = ITEM_WEIGHT * (len(source.deliveries) + len(source.entries))
    if items > MAX_WEIGHT:
        return items
    bodies = (each.result.body for delivery in source.deliveries for each in delivery.attempts)
    return items + sum(map(len, bodies))


def _render(source: Source, evicted: int, salt: str) -> dict[str, Any]:
    receivers = [_serialize_receiver(each) for each in report_receivers(source)]
    return redact_item({"receivers": receivers, "evicted": evicted}, salt)


def _serialize_receiver(report: ReceiverReport) -> dict[str, Any]:
    latency = report.latency
    return {
        "url": report.url,
        "kinds": list(report.kinds),
        "states": dict(report.states),
        "attempts": report.attempts,
        "unasked": report.unasked,
        "statuses": {str(status): count for status, count in sorted(report.statuses.items())},
        "errors": dict(sorted(report.errors.items())),
        "failures": report.failures,
        "failed_webhooks": {
            reason: list(webhooks) for reason, webhooks in report.failed_webhooks.items()
        },
        "latency_ms": latency and {"p50": latency.p50, "p99": latency.p99},
        "differing_copies": [_serialize_copies(each) for each in report.differing_copies],
        "follow_ups": [_serialize_follow_up(each) for each in report.follow_ups],
    }


def _serialize_copies(copies: DifferingCopies) -> dict[str, Any]:
    return {
        "webhooks": list(copies.webhooks),
        "differs": list(copies.differs),
        "answers": [
            {
                "webhook": answer.webhook,
                "attempt": answer.attempt,
                "status": answer.status,
                "error": answer.error,
                "body": preview_body(answer.body),
            }
            for answer in copies.answers
        ],
    }


def _serialize_follow_up(follow_up: FollowUp) -> dict[str, str]:
    return {
        "request": follow_up.request,
        "operation": follow_up.operation,
        "webhook": follow_up.webhook,
        "because": follow_up.because,
    }


ROUTES = (Route("/report", get_report),)
