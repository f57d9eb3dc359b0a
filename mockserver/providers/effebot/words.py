"""The words and details of Effebot's responses and webhooks, and how we know of each."""

from typing import Final

from mockserver.core.causes import CAUSES
from mockserver.core.rulebook import Evidence

ASSUMED, DOCUMENTED, OBSERVED = Evidence.ASSUMED, Evidence.DOCUMENTED, Evidence.OBSERVED
STATUSES: Final = ("created", "processed", "started", "answered", "finished", "canceled")
"""Those that public clients of the vendor's other brands know."""
WORDS: Final = {
    "status": {"success": DOCUMENTED, "error": OBSERVED},
    "calls.status": dict.fromkeys(STATUSES, OBSERVED),
    "calls.managerStatus": dict.fromkeys(("started", "answered", "finished", "canceled"), ASSUMED),
    "calls.hangupCause": dict.fromkeys(sorted(CAUSES), ASSUMED),
    "status of an audio record": {"moderated": ASSUMED, "moderation": ASSUMED},
}
"""Path of a field -> its words; `status` is that of the envelope."""
DETAILS: Final = {
    "envelope": ("`status` and `data` where the page prints them", DOCUMENTED),
    "response without an envelope": (
        "where the page prints none; public clients read one everywhere, as the quirk `wrapped`",
        DOCUMENTED,
    ),
    "fields of a refusal": ("`status` with `error`, and `data.message`", OBSERVED),
    "response to `phones`": ("a list with an item for each number", OBSERVED),
    "response to several ids": ("a list; an object for one id", ASSUMED),
    "response of `get-templates`": ("`id` and `name` of each, as for audio records", ASSUMED),
    "response of `remove`": ("the ids of `idList`; nothing for a single `id`", DOCUMENTED),
    "fields of a call's details": ("eleven, and nineteen in `calls`, as the page", DOCUMENTED),
    "`label`": ("the IP address of the client", DOCUMENTED),
    "`webhookSent`": ("1 once a webhook of the call's end was received", ASSUMED),
    "`webhookTry`": ("the number of the attempt", DOCUMENTED),
    "`amoscriptId`, `recognitionGroupId`, `generateGroupId`, `webhookParameters`, `comment`": (
        "null",
        ASSUMED,
    ),
    "`ivrAnswers`": ("answers separated by a bar", DOCUMENTED),
    "bar before the first of `ivrAnswers`": ("as a public client reads it", OBSERVED),
    "`ivrIdList`": ("the positions in `ivrs` of the entries taken, from 1", ASSUMED),
    "`cost`": ("USD", DOCUMENTED),
    "amounts as text": ("`cost` and `recordCost`, as `balance` is; two decimals or more", ASSUMED),
    "`balance` as text": ("as public clients read it", OBSERVED),
    "`recordFilePath`": ("null unless `needRecording` is 1 and the callee has answered", ASSUMED),
    "`updatedAt`": ("the last event that changes the item of `calls`", ASSUMED),
    "past time as `plannedAt` or `replannedAt`": ("the call starts now", ASSUMED),
    "when the status webhook is sent": ("when the status of the call changes", DOCUMENTED),
    "when the action webhook is sent": ("when its entry of `ivrs` is taken", DOCUMENTED),
    "entry without digit and keywords": ("taken if the callee does not answer", DOCUMENTED),
    "wait for an answer after the prompt": ("3 seconds, unless `answer_wait` says", ASSUMED),
    "`keyWords`": ("separated by `|` as in the sample, or by `I` as in the table", DOCUMENTED),
    "spoken words": ("compared without regard to case and to the form of apostrophes", ASSUMED),
    "synthesized speech": ("15 characters a second", ASSUMED),
    "length of an upload other than WAV": ("16,000 bytes a second", ASSUMED),
    "limit of an upload": ("20 MB", ASSUMED),
    "new audio record": ("it must be moderated before it is used", OBSERVED),
    "`path` of an audio record": ("the URL of its file", ASSUMED),
    "charge for a leg": ("for each step that has begun, rounded up to cents", ASSUMED),
    "charge for synthesized speech": ("for each 100 characters that have begun", ASSUMED),
    "balance that is used up": ("the leg that it no longer pays for hangs up", ASSUMED),
    "refused calls with the quirk `wrapped`": (
        "an item of `data` with `status`, `phone` and `message` for each number",
        OBSERVED,
    ),
    "status of a refusal with such items": ("200, as where others are placed", ASSUMED),
    "blank fields within `record` and `ivrs`": ("count as not sent", ASSUMED),
    "languages": ("six, unless the account has `languages`; the page names en-US alone", ASSUMED),
    "`overall`": ("as `isSystem`, unless the account says it", ASSUMED),
    "`dutyPhone`": ("a random one of the account's duty numbers", DOCUMENTED),
    "caller number without `isManagerDeliveryPhone`": ("not told to the manager", ASSUMED),
    "`call` in `webhookParameters`": ("takes the place of the default `call`", ASSUMED),
    "`createdAt` of an audio record": ("the start of 2020, unless the account says it", ASSUMED),
    "`phone` beside `phones`": ("not called unless it is among them", ASSUMED),
    "numbers of the block list": (
        "not called: the call is `canceled`, also if it was planned before",
        ASSUMED,
    ),
}
"""What the vendor does beyond its faults and words -> in words, and how we know."""
