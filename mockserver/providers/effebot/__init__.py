"""The provider Effebot: calls with IVR, pricing, audio records, templates and two webhooks."""

from typing import Final

from mockserver.core.possible_calls import PossibleCalls
from mockserver.core.provider import Endpoint, Provider
from mockserver.core.rulebook import Evidence
from mockserver.providers.effebot import (
    audio_records,
    call_state,
    faults,
    field_rules,
    request,
    responses,
    rules,
)
from mockserver.providers.effebot.events import on_event
from mockserver.providers.effebot.findings import FINDERS
from mockserver.providers.effebot.generators import GENERATORS
from mockserver.providers.effebot.ordeal import ORDEAL
from mockserver.providers.effebot.other_samples import OTHER_SAMPLES
from mockserver.providers.effebot.records import (
    ACCOUNT_RULES,
    AudioRecord,
    BlockedPhone,
    Phone,
    Settings,
    Template,
)
from mockserver.providers.effebot.refusals import refuse
from mockserver.providers.effebot.samples import SAMPLES
from mockserver.providers.effebot.vendor_events import VENDOR_EVENTS
from mockserver.providers.effebot.webhooks import RETRY, WEBHOOKS
from mockserver.providers.effebot.words import DETAILS, WORDS

HOST = "in.effebot.com"
CALLS_PATH = "/apiCalls"
UPLOAD_LIMIT = 20_000_000  # bytes: assumed
IVR_CALLS = PossibleCalls(("one-leg", "branch"), ("status", "action"))


ENDPOINTS: Final = (
    Endpoint(
        "create",
        "POST",
        HOST,
        f"{CALLS_PATH}/create",
        rules.CREATE,
        responses.create,
        request.planned_calls,
        calls=IVR_CALLS,
    ),
    Endpoint("get", "POST", HOST, f"{CALLS_PATH}/get", rules.GET, responses.get),
    Endpoint(
        "create-record",
        "POST",
        HOST,
        f"{CALLS_PATH}/createRecord",
        rules.CREATE_RECORD,
        audio_records.create_record,
        body_limit=UPLOAD_LIMIT,
    ),
    Endpoint(
        "remove-record",
        "POST",
        HOST,
        f"{CALLS_PATH}/removeRecord",
        rules.REMOVE_RECORD,
        audio_records.remove_record,
    ),
    Endpoint(
        "user-info",
        "POST",
        HOST,
        f"{CALLS_PATH}/userInfo",
        field_rules.AUTHENTICATION,
        responses.get_user_info,
    ),
    Endpoint(
        "get-phones",
        "POST",
        HOST,
        f"{CALLS_PATH}/getPhones",
        rules.GET_PHONES,
        responses.get_phones,
    ),
    Endpoint(
        "get-languages",
        "POST",
        HOST,
        f"{CALLS_PATH}/getAvailableLanguages",
        field_rules.AUTHENTICATION,
        responses.get_languages,
    ),
    Endpoint(
        "get-languages",
        "GET",
        HOST,
        f"{CALLS_PATH}/getAvailableLanguages",
        field_rules.AUTHENTICATION,
        responses.get_languages,
    ),
    Endpoint(
        "confirm-phone",
        "POST",
        HOST,
        "/apiVerificationPhones/confirmPhone",
        rules.CONFIRM_PHONE,
        responses.confirm_phone,
    ),
    Endpoint("update", "POST", HOST, f"{CALLS_PATH}/update", rules.UPDATE, responses.update),
    Endpoint("remove", "POST", HOST, f"{CALLS_PATH}/remove", rules.REMOVE, responses.remove),
    Endpoint(
        "get-templates",
        "POST",
        HOST,
        f"{CALLS_PATH}/getTemplates",
        rules.GET_TEMPLATES,
        responses.get_templates,
        evidence=Evidence.OBSERVED,
    ),
    Endpoint(
        "create-with-template",
        "POST",
        HOST,
        f"{CALLS_PATH}/createWithTemplate",
        rules.CREATE_WITH_TEMPLATE,
        responses.create,
        request.planned_calls,
        calls=IVR_CALLS,
        evidence=Evidence.OBSERVED,
    ),
    Endpoint(
        "get-with-templates",
        "POST",
        HOST,
        f"{CALLS_PATH}/getWithTemplates",
        rules.GET,
        responses.get,
        evidence=Evidence.OBSERVED,
    ),
    Endpoint(
        "get-records",
        "POST",
        HOST,
        f"{CALLS_PATH}/getRecords",
        field_rules.AUTHENTICATION,
        audio_records.get_records,
        evidence=Evidence.OBSERVED,
    ),
    Endpoint(
        "block-phones",
        "POST",
        HOST,
        "/apiBlacklist/addPhonesFromApi",
        rules.BLOCK_PHONES,
        responses.block_phones,
        evidence=Evidence.OBSERVED,
    ),
    Endpoint(
        "play-record",
        "GET",
        HOST,
        "/storage/{account}/{file}",
        rules.PLAY_RECORD,
        audio_records.play_record,
        evidence=Evidence.ASSUMED,
    ),
)

PROVIDER = Provider(
    name="effebot",
    title="Effebot",
    roles={"a": "phone", "b": "manager"},
    endpoints=ENDPOINTS,
    credential=request.credential,
    refuse=refuse,
    wrong_method=faults.WRONG_METHOD,
    on_event=on_event,
    status=call_state.status,
    statuses=call_state.STATUS_TABLE,
    new_call_id=responses.new_call_id,
    webhooks=WEBHOOKS,
    retry=RETRY,
    scenario_only_faults=faults.SCENARIO_ONLY_FAULTS,
    records={
        "phones": Phone,
        "records": AudioRecord,
        "templates": Template,
        "blocked": BlockedPhone,
    },
    generators=GENERATORS,
    settings=Settings,
    account_rules=ACCOUNT_RULES,
    quirks={
        "bare-webhook": "the status webhook carries the call's details bare, as the page says",
        "call-ids": "an item of `calls` has an `id`, and an action webhook has `call.apicallId`, "
        "as public receivers read them (observed)",
        "no-caller-number": "a call needs neither `outgoingPhone` nor `dutyPhone`, which public "
        "clients leave out or send empty (observed); it then comes from a duty phone (assumed)",
        "wrapped": "every answer in the envelope that public clients read; a refused call is an "
        "item of `data` with `status`, `phone` and `message`",
    },
    vendor_events=VENDOR_EVENTS,
    samples=SAMPLES,
    other_samples=OTHER_SAMPLES,
    finders=FINDERS,
    words=WORDS,
    details=DETAILS,
    ordeal=ORDEAL,
)
