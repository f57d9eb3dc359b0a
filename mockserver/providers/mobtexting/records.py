"""The records of a Mobtexting account: flows of the vendor's studio."""

from typing import Final, NamedTuple

from mockserver.core.account_values import AccountRules, Identity


class Flow(NamedTuple):
    """The text that a flow reads out; `{Name}` stands for a variable of the request."""

    say: str


ACCOUNT_RULES: Final = AccountRules(
    reads_numbers=True,
    reads_balance=True,
    webhook_ids=None,
    identities={"flows": Identity("[0-9]{1,10}", "a flow id of 1 to 10 digits")},
)
