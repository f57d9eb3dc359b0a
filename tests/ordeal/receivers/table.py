"""All receivers: which defect each has, and whether only a probe can tell."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from tests.ordeal.receivers import callers, faulty, right
from tests.ordeal.receivers.receiver import Receiver


class Planted(NamedTuple):
    """A receiver; `defect` is the class of its defect, empty for a right one.

    `needs_probe` if responses and calls do not show the defect. `is_application` if it places the
    calls itself.
    """

    build: type[Receiver]
    defect: str = ""
    needs_probe: bool = False
    is_application: bool = False


RECEIVERS: Final[Mapping[str, Planted]] = {
    "once-by-numbers": Planted(right.OnceByNumbers),
    "once-by-end": Planted(right.OnceByEnd),
    "once-by-parts": Planted(right.OnceByParts),
    "once-by-id": Planted(right.OnceById),
    "calls-back-once": Planted(callers.CallsBackOnce),
    "application": Planted(callers.Application, is_application=True),
    "dispatches": Planted(callers.Dispatches, is_application=True),
    "not-idempotent": Planted(faulty.NotIdempotent, "counts-copies", needs_probe=True),
    "answers-before-it-has-stored": Planted(
        faulty.AnswersBeforeItHasStored, "counts-late", needs_probe=True
    ),
    "stores-nothing": Planted(faulty.StoresNothing, "counts-nothing", needs_probe=True),
    "answers-with-the-wrong-status": Planted(faulty.AnswersWithTheWrongStatus, "refuses-webhooks"),
    "answers-too-late": Planted(faulty.AnswersTooLate, "times-out"),
    "breaks-on-damage": Planted(faulty.BreaksOnDamage, "fails-on-damage"),
    "counts-damage": Planted(faulty.CountsDamage, "counts-damage", needs_probe=True),
    "stops-after-damage": Planted(faulty.StopsAfterDamage, "does-not-recover", needs_probe=True),
    "refuses-copies": Planted(faulty.RefusesCopies, "refuses-copies"),
    "checks-before-it-stores": Planted(
        faulty.ChecksBeforeItStores, "counts-copies-at-once", needs_probe=True
    ),
    "knows-only-the-last-report": Planted(
        faulty.KnowsOnlyTheLastReport, "counts-later-copies", needs_probe=True
    ),
    "takes-copies-back": Planted(faulty.TakesCopiesBack, "loses-copies", needs_probe=True),
    "refuses-old-reports": Planted(faulty.RefusesOldReports, "refuses-late-webhooks"),
    "ignores-old-reports": Planted(
        faulty.IgnoresOldReports, "miscounts-late-webhooks", needs_probe=True
    ),
    "reads-only-once": Planted(faulty.ReadsOnlyOnce, "refuses-slow-senders"),
    "depends-on-order": Planted(faulty.DependsOnOrder, "depends-on-order", needs_probe=True),
    "refuses-disorder": Planted(faulty.RefusesDisorder, "refuses-disorder"),
    "mixes-calls": Planted(faulty.MixesCalls, "mixes-calls", needs_probe=True),
    "trusts-the-last-status": Planted(
        faulty.TrustsTheLastStatus, "depends-on-order", needs_probe=True
    ),
    "charges-each-attempt": Planted(faulty.ChargesEachAttempt, "counts-repeats", needs_probe=True),
    "ignores-later-attempts": Planted(
        faulty.IgnoresLaterAttempts, "miscounts-retries", needs_probe=True
    ),
    "calls-back-again": Planted(callers.CallsBackAgain, "calls-again"),
    "forgets-early-webhooks": Planted(
        callers.ForgetsEarlyWebhooks,
        "miscounts-early-webhooks",
        needs_probe=True,
        is_application=True,
    ),
    "forgets-early-dispatches": Planted(
        callers.ForgetsEarlyDispatches,
        "miscounts-early-webhooks",
        needs_probe=True,
        is_application=True,
    ),
}
"""Name -> a receiver. The first ones are right."""
