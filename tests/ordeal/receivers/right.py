"""Receivers without a defect, one for each way in which vendors tell of a call."""

from tests.ordeal.receivers.receiver import Receiver
from tests.ordeal.receivers.reports import Report


class OnceByNumbers(Receiver):
    """Tells reports without an id from another by their numbers and their start."""


class OnceByEnd(Receiver):
    """Counts a call at its last status, whenever that comes, and looks at no other status."""

    vendor, last_word = "effebot", "finished"


class OnceById(Receiver):
    """Counts a call by its id, at its only webhook."""

    vendor = "phonon"


class OnceByParts(Receiver):
    """Counts a call when both of its webhooks are there, in whatever order they come."""

    vendor, last_word = "innocalls", ""

    def receive(self, report: Report) -> int:
        with self.lock:
            self.known.add(f"{report.call}/{report.word}")
            if {f"{report.call}/GetDigits", f"{report.call}/CDR"} <= self.known:
                self.count_once(report.call)
        return 200
