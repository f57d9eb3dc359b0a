"""The recording of a sandbox: all it takes to build another one that is the same."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from mockserver.core.configuration import Configuration
from mockserver.engine.state.inputs import Input, Inputs


class IncompleteInputs(Exception):
    """The log of inputs was given up for its size; the argument is how many inputs there were."""


class Recording(NamedTuple):
    """The inputs of a sandbox up to a moment.

    They begin at `started_at`, in ms, with the configuration `base`. `steps` due items have run
    after the last input. The clock then was at `now`, in ms, in `mode`, and a reset would have
    returned to `initial_configuration`. `configurations` maps the
    number of an input, from 1, to the configuration that it brought.
    """

    base: Configuration
    started_at: int
    inputs: Sequence[Input]
    configurations: Mapping[int, Configuration]
    steps: int
    now: int
    mode: str
    initial_configuration: Configuration
    log: Inputs
    """The owner of the inputs, which tells the log from others."""
