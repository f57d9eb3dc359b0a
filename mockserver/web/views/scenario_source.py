"""The text of a scenario as it stands in its file, with secrets masked."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.core.secret_names import is_secret_header, is_secret_name
from mockserver.web.redaction import mask
from mockserver.web.views.inputs_export import redact_files

MEMBER: Final = re.compile(
    r"""(?P<name>[\w-]+)["']?\s*:[ \t]+(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s{\["'#,}\]][^,}\]\n#]*)"""
)
"""A name with a value on the same line, as in YAML and JSON."""


def scenario_source(
    configuration: Configuration, uploads: Mapping[str, bytes], scenario: Scenario
) -> str:
    """Return the lines of a scenario in its file, or all of what was uploaded under its name."""
    file, line, _ = scenario.location.rsplit(":", 2)
    files = {**configuration.bundled_files, **configuration.files}
    if scenario.name in uploads:
        text = uploads[scenario.name].decode("utf-8", "replace")
    else:
        text = extract_lines(files[file].decode("utf-8", "replace"), int(line), scenario.name)
    masked = redact_files({file: text.encode()}, configuration)[file]
    return mask_members(masked, configuration.seed)


def extract_lines(text: str, line: int, name: str) -> str:
    """Return the lines of a scenario whose value begins in this line, from 1.

    Its name stands there, or above. It ends before the next line that is not further to the right.
    """
    lines, key = text.splitlines(), re.compile(rf"""(?<![\w-])["']?{re.escape(name)}["']?\s*:""")
    above = (number for number in range(line, 0, -1) if key.search(lines[number - 1]))
    return "\n".join(_own_lines(lines[next(above, line) - 1 :]))


def _own_lines(lines: Sequence[str]) -> Iterator[str]:
    """Yield the first line and those below it, without blank lines and comments at the end."""
    margin, waiting = _margin(lines[0]), list[str]()
    yield lines[0][margin:]
    for line in lines[1:]:
        if not line.strip() or line.lstrip().startswith("#"):
            waiting.append(line[margin:])
        elif _margin(line) <= margin:
            return
        else:
            yield from waiting
            waiting.clear()
            yield line[margin:]


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def mask_members(text: str, salt: str) -> str:
    """Mask the values below secret names, such as those of headers."""
    return MEMBER.sub(lambda match: _mask_member(match, salt), text)


def _mask_member(match: re.Match[str], salt: str) -> str:
    name, value = match["name"], match["value"]
    if not (is_secret_name(name) or is_secret_header(name)):
        return match[0]
    quote = value[0] if value[0] in "\"'" else ""
    masked = mask(value.strip("\"'").rstrip(), salt)
    return match[0].removesuffix(value) + f"{quote}{masked}{quote}"
