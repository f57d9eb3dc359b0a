"""Effebot: calls with IVR, money, audio records, numbers, templates, and its two webhooks."""

from typing import Final

from mockserver.core.account import Retry
from mockserver.core.provider import Endpoint, Provider, VendorEvent
from mockserver.core.time import MINUTE
from mockserver.providers.effebot import answers, clips, dialect, notes, reading, rules
from mockserver.providers.effebot.generators import GENERATORS
from mockserver.providers.effebot.react import react
from mockserver.providers.effebot.records import Blocked, Clip, Phone, Settings, Template

HOST = "in.effebot.com"
CALLS = "/apiCalls"
TALKING = frozenset({"answered"})
ANY = frozenset({"created", "processed", "started", "answered", "finished", "canceled"})
UPLOAD = 20_000_000  # bytes: assumed


ENDPOINTS: Final = (
    Endpoint(
        "create", "POST", HOST, f"{CALLS}/create", rules.CREATE, answers.create, answers.parties
    ),
    Endpoint("get", "POST", HOST, f"{CALLS}/get", rules.GET, answers.get),
    Endpoint(
        "create-record",
        "POST",
        HOST,
        f"{CALLS}/createRecord",
        rules.CREATE_RECORD,
        clips.added,
        body_limit=UPLOAD,
    ),
    Endpoint(
        "remove-record",
        "POST",
        HOST,
        f"{CALLS}/removeRecord",
        rules.REMOVE_RECORD,
        clips.taken_away,
    ),
    Endpoint("user-info", "POST", HOST, f"{CALLS}/userInfo", rules.WHO, answers.info),
    Endpoint("get-phones", "POST", HOST, f"{CALLS}/getPhones", rules.PHONES, answers.phones),
    Endpoint(
        "get-languages",
        "POST",
        HOST,
        f"{CALLS}/getAvailableLanguages",
        rules.WHO,
        answers.languages,
    ),
    Endpoint(
        "get-languages", "GET", HOST, f"{CALLS}/getAvailableLanguages", rules.WHO, answers.languages
    ),
    Endpoint(
        "confirm-phone",
        "POST",
        HOST,
        "/apiVerificationPhones/confirmPhone",
        rules.CONFIRM,
        answers.confirm,
    ),
    Endpoint("update", "POST", HOST, f"{CALLS}/update", rules.UPDATE, answers.update),
    Endpoint("remove", "POST", HOST, f"{CALLS}/remove", rules.REMOVE, answers.remove),
    Endpoint(
        "get-templates", "POST", HOST, f"{CALLS}/getTemplates", rules.TEMPLATES, answers.templates
    ),
    Endpoint(
        "create-with-template",
        "POST",
        HOST,
        f"{CALLS}/createWithTemplate",
        rules.FROM_TEMPLATE,
        answers.create,
        answers.parties,
    ),
    Endpoint(
        "get-with-templates", "POST", HOST, f"{CALLS}/getWithTemplates", rules.GET, answers.get
    ),
    Endpoint("get-records", "POST", HOST, f"{CALLS}/getRecords", rules.WHO, clips.listed),
    Endpoint(
        "block-phones", "POST", HOST, "/apiBlacklist/addPhonesFromApi", rules.BLOCK, answers.block
    ),
    Endpoint("play-record", "GET", HOST, "/storage/{account}/{file}", rules.PLAY, clips.heard),
)

PROVIDER = Provider(
    name="effebot",
    title="Effebot",
    roles={"a": "phone", "b": "manager"},
    endpoints=ENDPOINTS,
    credential=reading.credential,
    refuse=dialect.refused,
    wrong_method=rules.WRONG_METHOD,
    on_event=react,
    status=dialect.status,
    new_call_id=dialect.new_id,
    webhooks=("status", "action"),
    # documented for the status webhook, assumed for the other
    retry=Retry((MINUTE, MINUTE), frozenset({200})),
    scenario_only_faults=rules.ORDERED,
    records={"phones": Phone, "records": Clip, "templates": Template, "blocked": Blocked},
    generators=GENERATORS,
    settings=Settings,
    quirks={"wrapped": "every answer in the envelope that public clients read"},
    vendor_events={
        "prompt-over": VendorEvent(TALKING),
        "branch": VendorEvent(
            TALKING, frozenset({"entry", "answer", "block"}), apply=notes.branched
        ),
        "unmatched": VendorEvent(TALKING, frozenset({"answer"}), apply=notes.answered),
        "paid": VendorEvent(ANY, frozenset({"amount"}), apply=notes.paid),
    },
)
