"""Receivers with one planted defect each."""

from functools import partial

from tests.ordeal.receivers.receiver import Receiver
from tests.ordeal.receivers.reports import Environ, Report

LATE = 0.5  # seconds between the response and the effect
RACE = 0.15  # seconds between check and effect
OLD = 300  # seconds
TOO_LONG = 11  # seconds, more than a sender waits


class NotIdempotent(Receiver):
    def receive(self, report: Report) -> int:
        self.counts["calls"] += report.word == self.last_word
        return 200


class AnswersBeforeItHasStored(Receiver):
    def receive(self, report: Report) -> int:
        self.clock.call_later(LATE, partial(super().receive, report))
        return 200


class StoresNothing(Receiver):
    def receive(self, _: Report) -> int:
        return 200


class AnswersWithTheWrongStatus(Receiver):
    """Its 204 is a success for HTTP, but not for Mobtexting."""

    def receive(self, report: Report) -> int:
        super().receive(report)
        return 204


class AnswersTooLate(Receiver):
    def receive(self, report: Report) -> int:
        self.clock.sleep(TOO_LONG)
        return super().receive(report)


class BreaksOnDamage(Receiver):
    def receive_damage(self, _: bytes) -> int:
        return 500


class CountsDamage(Receiver):
    def receive_damage(self, _: bytes) -> int:
        self.counts["calls"] += 1
        return 200


class StopsAfterDamage(Receiver):
    """Damage ends the worker that counts, and nobody notices."""

    is_stopped = False

    def receive_damage(self, _: bytes) -> int:
        self.is_stopped = True
        return 400

    def receive(self, report: Report) -> int:
        return 200 if self.is_stopped else super().receive(report)


class RefusesCopies(Receiver):
    def receive(self, report: Report) -> int:
        with self.lock:
            is_copy = report.call in self.known
            self.count_once(report.call)
        return 409 if is_copy else 200


class ChecksBeforeItStores(Receiver):
    """Two copies at the same time are both new when it looks."""

    def receive(self, report: Report) -> int:
        if report.call not in self.known:
            self.clock.sleep(RACE)
            self.known.add(report.call)
            self.counts["calls"] += 1
        return 200


class KnowsOnlyTheLastReport(Receiver):
    def receive(self, report: Report) -> int:
        if report.call not in self.known:
            self.known = {report.call}
            self.counts["calls"] += 1
        return 200


class TakesCopiesBack(Receiver):
    """Each report turns a switch, and so the second one turns it back."""

    def receive(self, report: Report) -> int:
        with self.lock:
            self.known ^= {report.call}
            self.counts["calls"] = len(self.known)
        return 200


class RefusesOldReports(Receiver):
    def receive(self, report: Report) -> int:
        return 410 if report.at < self.clock.now() - OLD else super().receive(report)


class IgnoresOldReports(Receiver):
    def receive(self, report: Report) -> int:
        return 200 if report.at < self.clock.now() - OLD else super().receive(report)


class ReadsOnlyOnce(Receiver):
    """It takes for the body what is there when it looks."""

    def read_body(self, environ: Environ) -> bytes:
        body: bytes = environ["wsgi.input"].read1(65_536)
        return body


class DependsOnOrder(Receiver):
    vendor, last_word = "innocalls", "CDR"

    def receive(self, report: Report) -> int:
        if report.word != self.last_word:
            self.known.add(f"{report.call}/digits")
        elif f"{report.call}/digits" in self.known:
            self.count_once(report.call)
        return 200


class RefusesDisorder(DependsOnOrder):
    def receive(self, report: Report) -> int:
        is_early = report.word == self.last_word and f"{report.call}/digits" not in self.known
        super().receive(report)
        if is_early:
            self.count_once(report.call)
        return 409 if is_early else 200


class MixesCalls(Receiver):
    """It takes digits for those of the next call that ends."""

    vendor, last_word = "innocalls", "CDR"
    digits = ""

    def receive(self, report: Report) -> int:
        if report.word != self.last_word:
            self.digits = report.call
        elif self.digits and report.call not in self.known:
            self.count_once(report.call)
            self.digits = ""
        return 200


class TrustsTheLastStatus(Receiver):
    vendor, last_word = "effebot", "finished"

    def receive(self, report: Report) -> int:
        with self.lock:
            change = self.known.add if report.word == self.last_word else self.known.discard
            change(report.call)
            self.counts["calls"] = len(self.known)
        return 200


class ChargesEachAttempt(Receiver):
    """It tells copies by their bytes, and the next attempt has another number in them."""

    vendor, last_word = "effebot", "finished"

    def receive(self, report: Report) -> int:
        if report.word == self.last_word:
            with self.lock:
                self.count_once(f"{report.call}/{report.attempt}")
        return 200


class IgnoresLaterAttempts(Receiver):
    vendor, last_word = "effebot", "finished"

    def receive(self, report: Report) -> int:
        return super().receive(report) if report.attempt == 1 else 200
