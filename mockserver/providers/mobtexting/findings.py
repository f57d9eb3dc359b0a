"""Where a click-to-call request breaks a rule that its schema does not have, and what passes."""

from typing import Final

from mockserver.core.findings import BALANCE_FINDER, Finders, account_records, choose, header_type
from mockserver.providers.mobtexting import request, rules

FINDERS: Final[Finders] = {
    rules.has_foreign_bridge: choose(
        "bridge", "a number", lambda context: sorted(context.authenticated_account.numbers or ())
    ),
    rules.has_other_content_type: header_type(" or ".join(request.ACCEPTED_TYPES)),
    rules.has_unknown_flow: choose(
        "to",
        "a flow",
        lambda context: (
            f"{request.FLOW_PREFIX}{name}" for name in account_records("flows")(context)
        ),
    ),
    rules.has_unknown_webhook: choose(
        "webhook_id", "a webhook", lambda context: context.authenticated_account.webhooks or ()
    ),
    rules.has_insufficient_balance: BALANCE_FINDER,
}
