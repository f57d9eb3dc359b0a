"""A problem of the mock server has a type of its own, and is no vendor's response."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import Response

import mockserver
from mockserver.config.registry import load_control_openapi
from mockserver.web.control.app import HTTP_ERROR_KINDS
from mockserver.web.problem_kinds import PROBLEM_KINDS
from mockserver.web.problems import TYPE_PREFIX, problem

WEB = Path(mockserver.__file__).parent / "web"
CONSTRUCTORS = {"problem", "ProblemError", "OwnRefusal", "refuse_scenario", "_reject"}
"""Functions and classes whose first argument is a problem kind."""


def read_response(response: Response) -> tuple[int, str, str | None, dict[str, object]]:
    headers = response.headers
    body = json.loads(bytes(response.body))
    return response.status_code, headers["content-type"], headers.get("x-mock-problem"), body


@pytest.mark.parametrize(
    ("kind", "status", "title", "members"),
    [
        ("unknown-path", 404, "unknown path", {"nearest": ["GET /a"]}),
        ("advance-running", 409, "advance running", {}),
        ("invalid-scenario", 422, "invalid scenario", {"problems": ["1:1: wrong"]}),
    ],
)
def test_a_problem_has_its_media_type_header_and_ordered_keys(
    kind: str, status: int, title: str, members: dict[str, object]
) -> None:
    uri = f"urn:call-mockserver:problem:{kind}"
    expected = {"type": uri, "title": title, "status": status, "detail": "ü", **members}
    printed = read_response(problem(kind, "ü", **members))
    assert printed == (status, "application/problem+json", kind, expected)
    assert list(printed[3]) == list(expected)


def test_no_two_kinds_have_the_same_title_or_meaning() -> None:
    assert len({kind.title for kind in PROBLEM_KINDS.values()}) == len(PROBLEM_KINDS)
    assert len({kind.meaning for kind in PROBLEM_KINDS.values()}) == len(PROBLEM_KINDS)


@pytest.mark.parametrize("kind", PROBLEM_KINDS)
def test_a_kind_is_in_kebab_case_and_means_one_sentence(kind: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", kind)
    assert re.fullmatch(r"(`|[A-Z])((?!\. ).)+\.", PROBLEM_KINDS[kind].meaning)


def constructed_kinds(tree: ast.AST) -> Iterator[str]:
    """The kinds that are written in calls of `CONSTRUCTORS`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in CONSTRUCTORS:
            kind = node.args[0] if node.args else None
            if isinstance(kind, ast.Constant):
                yield str(kind.value)


def test_every_kind_is_used_and_every_used_kind_is_in_the_table() -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in WEB.rglob("*.py")]
    used = {kind for tree in trees for kind in constructed_kinds(tree)}
    assert used | {*HTTP_ERROR_KINDS.values()} == {*PROBLEM_KINDS}


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("raise ProblemError('a-b', detail)", ["a-b"]),
        ("self._reject('a-b', detail)", ["a-b"]),
        ("problem('a-b', f'{x}')\nproblem(kind, detail)", ["a-b"]),
        ("OwnRefusal(**recorded)", []),
        ("other('a-b')", []),
    ],
)
def test_a_used_kind_is_found(source: str, kinds: list[str]) -> None:
    assert list(constructed_kinds(ast.parse(source))) == kinds


def test_every_kind_is_expected_by_a_test() -> None:
    expected = {
        node.value.removeprefix(TYPE_PREFIX)
        for folder in ("web", "store")
        for path in (Path(__file__).parents[1] / folder).rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {*PROBLEM_KINDS} - expected == set()


def test_the_openapi_document_has_the_type_of_every_kind() -> None:
    schema = load_control_openapi()["components"]["schemas"]["Problem"]
    assert schema["properties"]["type"]["enum"] == [
        f"{TYPE_PREFIX}{kind}" for kind in PROBLEM_KINDS
    ]
