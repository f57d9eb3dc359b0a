"""Builds a stored sandbox as it was at the start of its log, but with what is no input of that."""

from mockserver.core.configuration import Configuration
from mockserver.runtime.receivers import build_receiver, parse_origin
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.store.records import LogStart, SandboxRecord


def build_stored_sandbox(
    sandboxes: SandboxRegistry, record: SandboxRecord, start: LogStart, configuration: Configuration
) -> Sandbox:
    """Build a sandbox with the clock and the receivers of its record; it has no place yet."""
    timing = Timing(record.place.mode, start.started_at)
    sandbox = sandboxes.build(record.name, configuration, timing)
    sandbox.has_own_start = record.timing is not None
    sandbox.timing = Timing(*record.timing) if record.timing else sandboxes.initial_setup[1]
    receivers = (
        build_receiver(parse_origin(origin), address, configuration.policy)
        for origin, address in record.receivers.items()
    )
    sandbox.receivers.change(tuple(receivers), ())
    return sandbox
