"""The log lines of a sandbox, as they would be printed."""

from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views.log_lines import format_line


def record_log_lines(state: SandboxState) -> list[str]:
    """Return a list to which a log line is added for each new journal entry."""
    lines: list[str] = []
    state.journal.subscribe(lambda entry: lines.append(format_line(entry, state)))
    return lines
