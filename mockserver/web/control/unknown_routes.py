"""Describes a path that is no control route, and names the nearest routes."""

from collections.abc import Collection
from typing import Final

from starlette.routing import compile_path

from mockserver.core.old_words import OLD_ROUTES, describe_old_word
from mockserver.core.suggestions import closest_words

CONTROL_PREFIX: Final = "/_mock"
MAX_PATH_LENGTH: Final = 80  # characters of a path that a message shows and a hint compares


def describe_unknown_route(path: str, known_paths: Collection[str]) -> str:
    """Say that no control route has this path; both are without the prefix of control routes."""
    start = path[:MAX_PATH_LENGTH]
    hint = _replaced_route(path) or _nearest_routes(start, known_paths)
    return f"no control route is {CONTROL_PREFIX}{start}: {hint}"


def _replaced_route(path: str) -> str:
    return next(
        (
            describe_old_word(CONTROL_PREFIX + old_path, CONTROL_PREFIX + new_path)
            for old_path, new_path in OLD_ROUTES.items()
            if compile_path(old_path)[0].match(path)
        ),
        "",
    )


def _nearest_routes(path: str, known_paths: Collection[str]) -> str:
    filled_paths = {_fill_parameters(known, path): known for known in known_paths}
    nearest = (filled_paths[filled] for filled in closest_words(path, filled_paths))
    names = " or ".join(repr(CONTROL_PREFIX + known) for known in nearest)
    return f"did you mean {names}?" if names else f"{CONTROL_PREFIX}/docs lists them"


def _fill_parameters(known_path: str, path: str) -> str:
    """Replace each `{parameter}` of a route by what the path has in its place, if anything."""
    known_segments = known_path.split("/")
    segments = [*path.split("/"), *("" for _ in known_segments)]
    return "/".join(
        (segment if known.startswith("{") else known) or known
        for known, segment in zip(known_segments, segments, strict=False)
    )
