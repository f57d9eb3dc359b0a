"""Make requests that a CCAI account accepts, out of its agents, menus, numbers and languages."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.sample import NO_CREDENTIAL, Sample, sample_credential
from mockserver.core.time import HOUR, format_iso
from mockserver.providers.ccai.records import Agent, Menu
from mockserver.providers.ccai.request import (
    INBOUND_TYPES,
    OUTBOUND_TYPES,
    SCHEDULED_TYPES,
    default_number,
    inbound_menu_types,
    records,
    scheduled_menu_types,
    settings,
)

END_USER: Final = "+1 415-555-0100"
ANY_NUMBER: Final = "+1 339-219-5276"  # for an account that lists no outbound numbers
ANY_MENU: Final = "1"  # for an account that lists no menus
ANY_SUBDOMAIN: Final = "sample"
DEFAULT_LANGUAGE: Final = "en"
MAX_CANDIDATES: Final = 3


def sample_outbound(account: Account, _: int) -> tuple[Sample, ...] | str:
    """A call of each of the first agents who may call, those who are available first."""
    agents: Mapping[str, Agent] = records(account, "agents")
    able = [name for name, agent in agents.items() if agent.may_call and not agent.must_act]
    if not able:
        return "no agent of the account may call" if agents else "the account has no agent"
    able.sort(key=lambda name: agents[name].state != "available")
    number = default_number(account) or ANY_NUMBER
    language = _language(account, None)
    fields: dict[str, object] = {
        "call_type": OUTBOUND_TYPES[0],
        "end_user_number": END_USER,
        "outbound_number": number,
        "lang": language,
    }
    return build_samples(
        account, [{**fields, "agent_email": name} for name in able[:MAX_CANDIDATES]]
    )


def sample_inbound(account: Account, _: int) -> tuple[Sample, ...] | str:
    return _sample_queue(account, INBOUND_TYPES[0], inbound_menu_types(account), {})


def sample_scheduled(account: Account, now: int) -> tuple[Sample, ...] | str:
    """A call in an hour."""
    later = {"scheduled_at": format_iso(now + HOUR)}
    return _sample_queue(account, SCHEDULED_TYPES[0], scheduled_menu_types(account), later)


def _sample_queue(
    account: Account, call_type: str, menu_types: tuple[str, ...], extra: Mapping[str, object]
) -> tuple[Sample, ...] | str:
    """A call to each of the first menus of these types: open ones first, then those with agents."""
    menus: Mapping[str, Menu] = records(account, "menus")
    names = [name for name, menu in menus.items() if menu.type in menu_types]
    if menus and not names:
        return f"no menu of the account is one of {', '.join(menu_types)}"
    groups = {agent.group for agent in records(account, "agents").values()}
    names.sort(key=lambda name: (menus[name].state != "open", menus[name].group not in groups))
    candidates = [
        {
            "call_type": call_type,
            "menu_id": name,
            "end_user_number": END_USER,
            "lang": _language(account, menus.get(name)),
            **extra,
        }
        for name in names[:MAX_CANDIDATES] or [ANY_MENU]
    ]
    return build_samples(account, candidates)


def _language(account: Account, menu: Menu | None) -> str:
    languages = (menu.languages if menu else ()) or settings(account).languages
    return DEFAULT_LANGUAGE if DEFAULT_LANGUAGE in languages else next(iter(languages), "")


def build_samples(
    account: Account, candidates: list[dict[str, object]]
) -> tuple[Sample, ...] | str:
    """Build a sample of each item of the candidates, with a credential and the subdomain."""
    token = sample_credential(account)
    if not token:
        return NO_CREDENTIAL
    subdomain = settings(account).subdomain or ANY_SUBDOMAIN
    basic = b64encode(f"{subdomain}:{token}".encode()).decode()
    headers = {"authorization": f"Basic {basic}"}
    return tuple(Sample(fields, headers, subdomain) for fields in candidates)


def ready_account(account: Account) -> Account:
    """The account with every agent available and every menu open."""
    agents, menus = records(account, "agents"), records(account, "menus")
    return account.replace(
        records={
            **account.records,
            "agents": {name: agent._replace(state="available") for name, agent in agents.items()},
            "menus": {name: menu._replace(state="open") for name, menu in menus.items()},
        }
    )


SAMPLES: Final = {
    "create-outbound": sample_outbound,
    "create-inbound": sample_inbound,
    "create-scheduled": sample_scheduled,
}
