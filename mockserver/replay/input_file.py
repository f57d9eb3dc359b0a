"""Parses an exported log of inputs."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple

from mockserver.core.time import to_milliseconds
from mockserver.core.value import pack
from mockserver.engine.state.inputs import Input
from mockserver.replay.secrets import SecretsByMask, unmask, unmask_authorization, unmask_value
from mockserver.web.control.input_player import KINDS
from mockserver.web.views.inputs_export import EXPORT_FORMAT, VERSION

Json = Mapping[str, Any]

UNREADABLE: Final = (
    *(LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError),
)
"""What data raises that is not as the export writes it."""

PAIR: Final = 2  # items

HOW_TO_EXPORT: Final = "GET /_mock/inputs exports one"


class InvalidInputs(ValueError):
    """The file is not a log of inputs that can be replayed; the message says why."""


class InputFile(NamedTuple):
    """The lines of a log: heading, inputs, and the end, with a digest of the journal."""

    heading: Json
    inputs: list[Json]
    end: Json


def split_lines(text: str) -> list[str]:
    """Return the lines of an exported file: its texts may hold what `str.splitlines` splits at."""
    return text.removesuffix("\n").split("\n") if text else []


def parse_input_file(lines: Sequence[str]) -> InputFile:
    """Parse the lines of an exported log of inputs.

    Raises:
        InvalidInputs: the lines are not such a log, not of this version, or not complete.
    """
    objects = [*_parse_lines(lines)]
    heading = objects[0] if objects else {}
    if "journal" in heading:
        raise InvalidInputs(f"it is a journal, which cannot be played: {HOW_TO_EXPORT}")
    if "inputs" not in heading:
        raise InvalidInputs(
            f"the first line is not the heading of a log of inputs: {HOW_TO_EXPORT}"
        )
    if (heading["inputs"], heading.get("version")) != (EXPORT_FORMAT, VERSION):
        raise InvalidInputs(
            f"mockserver {heading.get('version')} has written it in format {heading['inputs']}, "
            f"and this is {VERSION} with format {EXPORT_FORMAT}: use the same version"
        )
    if not heading.get("complete"):
        count = heading.get("count")
        inputs = f"{count:,} inputs" if isinstance(count, int) else "the inputs"
        raise InvalidInputs(f"the log exceeded 64 MB, so none of {inputs} is kept")
    _check_members("the first line", heading, HEADING)
    if len(objects) != heading["count"] + 2 or "end" not in objects[-1]:
        raise InvalidInputs(
            f"it is incomplete: the heading counts {heading['count']:,} inputs and an end"
        )
    for number, line in enumerate(objects[1:-1], 2):
        _check_members(f"line {number}", line, INPUT)
    _check_members("the last line", objects[-1], END)
    return InputFile(heading, objects[1:-1], objects[-1])


def build_inputs(file: InputFile, secrets: SecretsByMask) -> Iterator[Input]:
    """Yield the inputs, with known secrets in place of their masks."""
    for number, line in enumerate(file.inputs, 1):
        with naming_input(number):
            data, (status, entries) = _restore_data(line, secrets), line["check"]
            restored = Input(line["kind"], parse_time(line["at"]), line["steps"], pack(data))
        yield restored.replace(check=(status, entries))


@contextmanager
def naming_input(number: int) -> Iterator[None]:
    """Raise as `InvalidInputs` what an input that is not as exported raises."""
    try:
        yield
    except UNREADABLE as error:
        raise InvalidInputs(f"input {number} is not as it was exported: {error!r}") from None


def parse_time(text: str) -> int:
    """Return a time in ms since the epoch."""
    return to_milliseconds(datetime.fromisoformat(text))


def _check_members(where: str, line: Json, members: Mapping[str, Callable[[object], bool]]) -> None:
    """Check that a line has these members with such values.

    Raises:
        InvalidInputs: it has not; the message names them.
    """
    wrong = [name for name, is_valid in members.items() if not is_valid(line.get(name))]
    if wrong:
        raise InvalidInputs(f"{where} has no valid {' and no valid '.join(wrong)}")


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_kind(value: object) -> bool:
    return isinstance(value, str) and value in KINDS


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_pairs(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_pair, value))


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == PAIR and all(map(_is_text, value))


def _is_mapping_of_texts(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_check(value: object) -> bool:
    return isinstance(value, list) and len(value) == PAIR and all(map(_is_count, value))


HEADING: Final[Mapping[str, Callable[[object], bool]]] = {
    "sandbox": _is_text,
    "seed": _is_text,
    "start_at": _is_time,
    "count": _is_count,
    "number_plan": _is_flag,
    "quirks": _are_pairs,
    "webhook": _is_mapping_of_texts,
    "webhook_targets": _are_texts,
    "webhook_rewrite": _are_pairs,
    "trace_webhooks": _is_flag,
    "origins": _are_texts,
    "files": _is_mapping_of_texts,
}
"""Member of the first line -> whether a value is one of its values."""

INPUT: Final[Mapping[str, Callable[[object], bool]]] = {
    "kind": _is_kind,
    "at": _is_time,
    "steps": _is_count,
    "check": _is_check,
}
"""Member of the line of an input -> whether a value is one of its values."""

END: Final[Mapping[str, Callable[[object], bool]]] = {"end": _is_count, "journal": _is_text}
"""Member of the last line -> whether a value is one of its values."""


def _parse_lines(lines: Sequence[str]) -> Iterator[Json]:
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise InvalidInputs(f"line {number} is not JSON: {HOW_TO_EXPORT}") from None
        if not isinstance(value, dict):
            raise InvalidInputs(f"line {number} is not a JSON object: {HOW_TO_EXPORT}")
        yield value


def _restore_data(line: Json, secrets: SecretsByMask) -> Any:
    data = line["data"]
    if line["kind"] in ("arrival", "request", "refusal"):
        return _restore_request(data, secrets)
    if line["kind"] == "result":
        return {**data, "result": _restore_body(data["result"], {})}
    return unmask_value(secrets, data)


def _restore_request(data: dict[str, Any], secrets: SecretsByMask) -> dict[str, Any]:
    restored = unmask_value(secrets, _restore_body(data, secrets))
    headers = restored["headers"]
    if "authorization" in headers:
        headers["authorization"] = unmask_authorization(secrets, headers["authorization"])
    return {**restored, "body": _restore_body(data, secrets)["body"]}


def _restore_body(data: dict[str, Any], secrets: SecretsByMask) -> dict[str, Any]:
    """Return the data with its body as bytes."""
    rest = {name: value for name, value in data.items() if name not in ("body", "base64")}
    if "base64" in data:
        return {**rest, "body": base64.b64decode(data["base64"])}
    return {**rest, "body": unmask(secrets, data["body"]).encode()}
