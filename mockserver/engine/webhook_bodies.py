"""The bodies of webhooks whose later attempts tell the call as it is by then."""

from mockserver.core.webhook import Delivery, render_body
from mockserver.core.webhook_kind import AttemptContext
from mockserver.engine.sandbox_state import SandboxState


def render_attempt(state: SandboxState, delivery: Delivery) -> Delivery:
    """Return the delivery with the body of an attempt that begins now.

    It is unchanged if every attempt of this kind carries what the first one carried.
    """
    webhook = delivery.webhook
    provider = state.configuration.providers[delivery.provider].provider
    render = provider.webhooks[webhook.kind].render
    if render is None:
        return delivery
    account = state.accounts.by_key[delivery.provider, delivery.account]
    call = state.calls.by_id[webhook.call_id]
    context = AttemptContext(call, account, delivery, state.read_model)
    return delivery.replace(webhook=webhook.replace(body=render(context)))


def new_body_size(state: SandboxState, delivery: Delivery) -> int:
    """Return how many bytes the body of a later attempt adds; 0 if it is that of the first one."""
    provider = state.configuration.providers[delivery.provider].provider
    render = provider.webhooks[delivery.webhook.kind].render
    return len(render_body(delivery.webhook)) if render else 0
