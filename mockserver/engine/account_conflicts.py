"""Find the credentials of a changed account that another account of the sandbox has already."""

from collections.abc import Iterator

from mockserver.core.account import Account
from mockserver.core.account_values import ValueProblem
from mockserver.engine.sandbox_state import SandboxState


def credential_conflicts(state: SandboxState, account: Account) -> tuple[ValueProblem, ...]:
    """Return the problems of an account before it replaces the one with its key, or is added.

    A request belongs to one account alone, so each credential does. Two accounts may accept any.
    """
    before = state.accounts.by_key.get(account.key)
    if account.credentials is None or (before and before.credentials == account.credentials):
        return ()
    return tuple(_find_conflicts(state, account))


def _find_conflicts(state: SandboxState, account: Account) -> Iterator[ValueProblem]:
    rules = state.configuration.providers[account.provider].provider.account_rules
    listed = account.document.get("credentials")
    texts = listed if isinstance(listed, list) else ()
    places = {str(text): ("credentials", index) for index, text in enumerate(texts)}
    for credential in sorted(account.credentials or ()):
        owner = state.accounts.owner(account.provider, credential)
        if owner and owner != account.key:
            place = places.get(credential, (rules.credential,))
            yield place, f"it is a credential of {owner[1]} already: write another one"
