"""Input is decoded into text that YAML can read, or rejected with a location."""

import pytest

from mockserver.config.yaml_text import MAX_SIZE, TextProblem, decode_text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("", ""),
        (b"", ""),
        ("a: 1\n", "a: 1\n"),
        ("\ufeffa", "a"),
        (b"\xef\xbb\xbfa", "a"),
        ("na\u00efve \N{GRINNING FACE}".encode(), "na\u00efve \N{GRINNING FACE}"),
        ("\t\r\n\x85\xa0\u2028\ufffd", "\t\r\n\x85\xa0\u2028\ufffd"),
        ("say: 100%TAG", "say: 100%TAG"),
        ("x" * MAX_SIZE, "x" * MAX_SIZE),
        (b"x" * MAX_SIZE, "x" * MAX_SIZE),
        ("\xe9" * (MAX_SIZE // 2), "\xe9" * (MAX_SIZE // 2)),
    ],
)
def test_readable_input_is_decoded(data: str | bytes, text: str) -> None:
    assert decode_text(data) == text


@pytest.mark.parametrize(
    ("data", "line", "column", "message"),
    [
        ("x" * (MAX_SIZE + 1), 1, 1, "the file is larger than 1 MB"),
        (b"x" * (MAX_SIZE + 1), 1, 1, "the file is larger than 1 MB"),
        ("\xe9" * (MAX_SIZE // 2 + 1), 1, 1, "the file is larger than 1 MB"),
        ("\ud800" * MAX_SIZE, 1, 1, "the file is larger than 1 MB"),
        ("a: \x00", 1, 4, "the character U+0000 is not allowed in YAML"),
        ("a: 1\r\nb: \x1b[0m", 2, 4, "the character U+001B is not allowed in YAML"),
        ("a\rb\n\nc\x7f", 4, 2, "the character U+007F is not allowed in YAML"),
        ("\x80", 1, 1, "the character U+0080 is not allowed in YAML"),
        ("\ufeffab\ud800", 1, 3, "the character U+D800 is not allowed in YAML"),
        ("\ufffe", 1, 1, "the character U+FFFE is not allowed in YAML"),
        ("\ufeffa: \ufeffb", 1, 4, "the character U+FEFF is not allowed in YAML"),
        (b"a: 1\nb: \x00", 2, 4, "the character U+0000 is not allowed in YAML"),
        (b"\xff\xfea\x00", 1, 1, "byte 0xff is not UTF-8: save the file as UTF-8"),
        (b"a: \xe9", 1, 4, "byte 0xe9 is not UTF-8: save the file as UTF-8"),
        (
            b"\xef\xbb\xbf\xc3\xa9\n\xc3\xa9\xc0\x80",
            2,
            2,
            "byte 0xc0 is not UTF-8: save the file as UTF-8",
        ),
        (b"\xed\xa0\x80", 1, 1, "byte 0xed is not UTF-8: save the file as UTF-8"),
        ("%TAG ! a\n---\nb", 1, 1, "%TAG is not supported: remove this line"),
        ("# x\n%TAG ! a\n---\nb", 2, 1, "%TAG is not supported: remove this line"),
        ("# x\r%TAG ! a\r---\rb", 2, 1, "%TAG is not supported: remove this line"),
    ],
)
def test_unreadable_input_is_reported_with_its_location(
    data: str | bytes, line: int, column: int, message: str
) -> None:
    assert decode_text(data) == TextProblem(line=line, column=column, message=message)
