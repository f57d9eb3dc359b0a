"""Parses multipart forms."""

import logging
from collections.abc import Mapping

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartState, parse_options_header

from mockserver.core.http import Upload
from mockserver.web.vendor.form_nesting import MAX_FIELDS, TOO_MANY_FIELDS

# The parser warns of every broken form; without a handler, warnings go to standard error.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())


def parse_multipart(body: bytes, boundary: bytes) -> list[tuple[str, object]]:
    """Return (name, value) of each part; a value is a str, or an `Upload` if it has a file name.

    Raises:
        ValueError: The form is malformed. The message continues `the body`.
    """
    if not boundary:
        raise ValueError("is a multipart form without a boundary")
    if body.count(b"\r\n--" + boundary) > MAX_FIELDS:
        raise ValueError(TOO_MANY_FIELDS)
    parts: list[tuple[dict[bytes, bytes], bytearray]] = []  # headers and data of each part
    header_names: list[bytes] = []
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": lambda: parts.append(({}, bytearray())),
            "on_header_field": lambda text, start, end: header_names.append(
                text[start:end].lower()
            ),
            "on_header_value": lambda text, start, end: parts[-1][0].update(
                {header_names[-1]: text[start:end]}
            ),
            "on_part_data": lambda text, start, end: parts[-1][1].extend(text[start:end]),
        },
    )
    try:
        parser.write(body)
    except FormParserError as error:
        raise ValueError(f"is not a multipart form: {error}") from error
    if parser.state != MultipartState.END:
        raise ValueError("is a multipart form that breaks off")
    return [_parse_part(headers, bytes(data)) for headers, data in parts]


def _parse_part(headers: Mapping[bytes, bytes], data: bytes) -> tuple[str, object]:
    kind, options = parse_options_header(headers.get(b"content-disposition"))
    if kind != b"form-data" or b"name" not in options:
        raise ValueError("is a multipart form with a nameless part")
    name = options[b"name"].decode()
    if b"filename" not in options:
        return name, data.decode()
    content_type = headers.get(b"content-type", b"application/octet-stream")
    return name, Upload(options[b"filename"].decode(), content_type.decode(), data)
