"""A credential belongs to one account: a change that gives it to a second one is refused."""

from typing import Any

import pytest

from mockserver.core.account import Account
from mockserver.engine.account_conflicts import credential_conflicts
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.agenda import AccountPatch
from tests.support import read
from tests.support.simulation import START, run_for

TAKEN = "it is a credential of first already: write another one"


def build_account(name: str, *credentials: str, **document: object) -> Account:
    return Account(
        name=name,
        provider="mobtexting",
        credentials=frozenset(credentials),
        document=document or {"credentials": [*credentials]},
    )


@pytest.fixture
def state(state: SandboxState) -> SandboxState:
    """A state with two accounts that have credentials of their own; the bundled one takes any."""
    for account in (build_account("first", "k1", "k2"), build_account("second", "k3")):
        state.accounts.replace(account)
    return state


@pytest.mark.parametrize(
    ("account", "problems"),
    [
        (build_account("third", "k4"), ()),
        (build_account("third", "k4", "k2"), ((("credentials", 1), TAKEN),)),
        (
            build_account("second", "k2", "k1"),
            ((("credentials", 1), TAKEN), (("credentials", 0), TAKEN)),
        ),
        (build_account("first", "k1"), ()),
        (build_account("first", "k2", "k1", quirks=[]), ()),
        (build_account("third", "k1", security_id="k1"), ((("",), TAKEN),)),
        (Account(name="third", provider="mobtexting", credentials=None), ()),
    ],
)
def test_a_credential_of_another_account_is_a_problem_at_its_place(
    state: SandboxState, account: Account, problems: object
) -> None:
    assert credential_conflicts(state, account) == problems


def test_the_timeline_of_an_account_cannot_take_the_credential_of_another_one(
    state: SandboxState,
) -> None:
    key, patch = ("mobtexting", "mobtexting-default"), {"credentials": ["k1"]}
    state.agenda.schedule(START + 5, "account", "", AccountPatch(account_key=key, patch=patch))
    run_for(state, 5)
    payload: Any = read.journal(state)[-1].payload
    assert payload["flaws"] == [(("credentials", 0), TAKEN)]
    assert read.accounts(state)[key].credentials is None
