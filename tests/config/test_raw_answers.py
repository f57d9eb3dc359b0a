"""Raw answers: their content type, and the numbers in a body that is sent as JSON."""

from typing import Any

import pytest

from mockserver.core.http import Response
from tests.support.config_files import load_texts


def answer(text: str) -> Response:
    """The answer that this item of `responses` makes."""
    scenarios = load_texts(f"scenarios: {{x: {{responses: [{text}]}}}}").scenarios
    response = scenarios.by_name["x"].responses[0].answer
    assert response is not None
    return response


@pytest.mark.parametrize(
    ("text", "status", "content_type", "body"),
    [
        ("{status: 502}", 502, None, ""),
        ("{status: 502, body: ''}", 502, None, ""),
        ("{body: plain}", 200, "text/plain; charset=utf-8", "plain"),
        ("{body: 42}", 200, "text/plain; charset=utf-8", "42"),
        ("{body: <p>}", 200, "text/html; charset=utf-8", "<p>"),
        ("{body: ' {cut'}", 200, "application/json", " {cut"),
        ("{body: '[1'}", 200, "application/json", "[1"),
        ("{body: {}}", 200, "application/json", "{}"),
        ("{body: []}", 200, "application/json", "[]"),
        ("{body: {a: ä}}", 200, "application/json", '{"a":"ä"}'),
        ("{body: {a: 1}, headers: {Content-Type: text/x}}", 200, "text/x", '{"a":1}'),
        ("{headers: {content-type: text/x}}", 200, "text/x", ""),
    ],
)
def test_the_content_type_follows_from_the_body_unless_the_headers_have_one(
    text: str, status: int, content_type: str | None, body: str
) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    assert answer(text) == Response(status=status, body=body.encode(), headers=headers)


@pytest.mark.parametrize(
    ("yaml", "json"),
    [
        ("0", "0"),
        ("-7", "-7"),
        ("1.50", "1.5"),
        ("1e3", "1000.0"),
        ("true", "true"),
        ("false", "false"),
        ("null", "null"),
        ("~", "null"),
        ("'7'", '"7"'),
        ('"true"', '"true"'),
        ("|-\n          7", '"7"'),
        ("007", '"007"'),
        ("+7", '"+7"'),
        ("yes", '"yes"'),
        ("True", '"True"'),
        ("NaN", '"NaN"'),
        ("1e999", '"1e999"'),
        ("1:30", '"1:30"'),
        ("918867136000", "918867136000"),
        ("[1, '1', {b: 2}]", '[1,"1",{"b":2}]'),
    ],
)
def test_a_plain_scalar_in_a_json_body_is_what_json_has_and_a_quoted_one_is_text(
    yaml: str, json: str
) -> None:
    text = f"scenarios:\n  y:\n    responses:\n    - body:\n        a: {yaml}\n"
    response = load_texts(text).scenarios.by_name["y"].responses[0].answer
    assert response is not None
    assert response.body == f'{{"a":{json}}}'.encode()


def test_an_item_of_a_cycle_is_a_raw_answer_too() -> None:
    text = "scenarios: {x: {responses: {cycle: [pass, {body: {a: 1, b: '1'}}]}}}"
    answers: list[Any] = [item.answer for item in load_texts(text).scenarios.by_name["x"].responses]
    assert [each and each.body for each in answers] == [None, b'{"a":1,"b":"1"}']
