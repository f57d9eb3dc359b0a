"""Masks the secrets of URLs and commands in what an ordeal shows, as in all other output."""

from mockserver.ordeal.plan import Plan
from mockserver.web.redaction import MASK_PATTERN, redact_text


def mask_plan(plan: Plan) -> Plan:
    """Return the plan as a report may show it."""
    return plan._replace(
        to=mask_text(plan.to, plan.seed),
        app=mask_text(plan.app, plan.seed),
        probe=mask_text(plan.probe, plan.seed),
        words=tuple(mask_text(word, plan.seed) for word in plan.words),
    )


def mask_text(text: str, seed: str) -> str:
    """Mask the secrets in a text; the same seed gives the same masks."""
    return redact_text(text, seed)


def find_masks(text: str) -> tuple[str, ...]:
    """Return each mask in a text once."""
    return tuple(dict.fromkeys(MASK_PATTERN.findall(text)))
