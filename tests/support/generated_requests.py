"""Requests of every kind to a vendor, drawn from a seed: valid, mutated, malformed, hostile."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from random import Random
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from mockserver.config.openapi_checks import parameter_schema, resolve_reference
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.provider import Endpoint
from tests.support.conformance import load_pages

JSON: Final = "application/json"
MULTIPART: Final = "multipart/form-data"
FORM: Final = "application/x-www-form-urlencoded"
DEEP: Final[Any] = json.loads("[" * 40 + "]" * 40)
TOO_DEEP: Final[Any] = json.loads("[" * 90 + "]" * 90)
HUGE: Final = "x" * 10_000_000
DATES: Final = (
    *("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"),
    *("2026-02-30T00:00:00Z", "2030-W01-1T10:00:00Z", "2030-01-01", "10:00", "T", "Z"),
    *("9999-12-31 23:59:59", "0001-01-01 00:00:00", "2026-02-30 00:00:00", "2026-13-01 25:61:61"),
    *("2030-01-01T10:00:00+99:99", "2030-01-01T10:00:00.123456789Z", "99999999999", "-1"),
)
URLS: Final = (
    *(
        "http://[",
        "http://[::1",
        "http://[::1]:99999/",
        "http://a:b:c/",
        "https://\x00/",
        "http://",
    ),
    *("http://:80/", "http://user:pw@host/", "ftp://host/", "javascript:1", "//host", "http:\\\\h"),
    *(
        "http://h\u00f6st/",
        "http://xn--/",
        "http://%00/",
        "http://h/\r\nX: y",
        "http://1e400/",
        "#",
    ),
    *("http://\u2100/", "http://h?#%", "http://" + "a" * 300 + "/", "http://0x7f.1/", "http://h:/"),
)
TEXTS: Final = (
    *("", " ", "\x00", "\r\n", "\x1b[31m", "\x7f", "\u2028", "\ud800", "\U0010ffff", "\u202e", "'"),
    *("\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u0660\u0661", "+1", "1" * 400, "NaN"),
    *("{to}", "%s", "a.b", "a[0]", "null", "true", "0", "00", "1e5", "0x1", "1.0", "flow:220", "@"),
)
SCALARS: Final[tuple[Any, ...]] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        7,
        1.0,
        1.5,
        1e308,
        -0.0,
        10**18,
        10**300,
        -(10**300),
        99999999999,
    ),
    *([], {}, [[]], [None], [1, "1"], {"": ""}, {"id": None}, {"id": {"id": 1}}, DEEP, TOO_DEEP),
)
HEADERS: Final[tuple[Mapping[str, str], ...]] = (
    *({}, {}, {}, {"accept": "*/*"}, {"accept": "text/html;q=0"}, {"accept": ",;="}),
    *({"authorization": "Bearer invalid"}, {"authorization": ""}, {"authorization": "Basic !"}),
    *({"authorization": "Bearer"}, {"cookie": "innocalls_session=%00:%ff"}, {"cookie": "=;=;["}),
    *({"content-type": "text/plain"}, {"content-type": "multipart/form-data"}, {"accept": ""}),
    *({"content-type": f"{JSON}; charset=utf-16"}, {"content-type": FORM}, {"content-type": JSON}),
)
KINDS: Final = (DATES, URLS, TEXTS, SCALARS, SCALARS)
LIKELY: Final = {"(?i)time|_at$|At$": (DATES, DATES, *KINDS), "(?i)webhook": (URLS, URLS, *KINDS)}
"""Pattern of a name -> the kinds of its values."""
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
CREDENTIALS: Final = {name: page.credential for name, page in load_pages().items()}


class GeneratedRequest(NamedTuple):
    """`fields` are those of a body in JSON as it was sent; None for any other body."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    fields: Mapping[str, Any] | None


def generate_requests(bound: BoundProvider, count: int, seed: str) -> Iterator[GeneratedRequest]:
    """Yield this many requests to the operations of a vendor; the same seed gives the same ones."""
    random = Random(f"{seed} {bound.provider.name}")  # noqa: S311 - no secret
    for _ in range(count):
        yield _generate(random, bound, random.choice(bound.provider.endpoints))


def _generate(random: Random, bound: BoundProvider, endpoint: Endpoint) -> GeneratedRequest:
    examples = bound.examples(endpoint.operation) or ({},)
    fields = deepcopy(dict(random.choice(examples)))
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        _mutate(random, fields, _names(bound, endpoint.operation))
    own = CREDENTIALS[bound.provider.name]
    headers = {JSON: "x", "accept": JSON, **own, **random.choice(HEADERS)}
    headers.pop(JSON)
    path = _fill_path(random, endpoint.path, fields)
    method = endpoint.method if random.random() < 0.97 else random.choice(METHODS)
    content_type, body, sent = _encode(random, fields, endpoint.body_limit)
    if method == "GET":
        query = urlencode(
            {key: str(value)[:500] for key, value in fields.items()}, errors="replace"
        )
        return GeneratedRequest(
            method, _address(bound, endpoint, f"{path}?{query}"), headers, b"", None
        )
    headers = {"content-type": content_type, **headers}
    is_json = headers["content-type"] == JSON
    return GeneratedRequest(
        method, _address(bound, endpoint, path), headers, body, sent if is_json else None
    )


def _address(bound: BoundProvider, endpoint: Endpoint, path: str) -> str:
    return f"/{bound.provider.name}/{endpoint.host.replace('*', 'customer')}{path}"


def _names(bound: BoundProvider, operation: str) -> list[str]:
    document = bound.document()
    schema = resolve_reference(document, parameter_schema(document, operation))
    return [*schema.get("properties", {}), "unknown"]


def _mutate(random: Random, fields: dict[str, Any], names: list[str]) -> None:
    """Put a hostile value at some place of the fields, or take one away."""
    places = [(fields, name) for name in names] + [*_places(fields)] * 2
    container, key = random.choice(places)
    if random.random() < 0.15 and isinstance(container, dict):
        container.pop(key, None)
    elif random.random() < 0.1 and isinstance(container, list):
        container.extend(deepcopy(container))
    else:
        container[key] = deepcopy(_value(random, str(key)))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (container, key) of each value inside."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in [*pairs]:
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def _value(random: Random, name: str) -> Any:
    if random.random() < 0.01:
        return HUGE
    kinds = next((kinds for pattern, kinds in LIKELY.items() if re.search(pattern, name)), KINDS)
    value = random.choice(random.choice(kinds))
    wrap = random.random()
    return [value] if wrap < 0.1 else {"id": value} if wrap < 0.15 else value


def _fill_path(random: Random, path: str, fields: dict[str, Any]) -> str:
    for name in re.findall(r"\{(\w+)\}", path):
        value = str(fields.pop(name, random.choice(TEXTS)))[:200]
        path = path.replace(f"{{{name}}}", quote(value, safe="", errors="replace"))
    return path


def _encode(random: Random, fields: dict[str, Any], limit: int) -> tuple[str, bytes, Any]:
    """Return content type, body, and the fields if the body is sound JSON; cut to the limit."""
    kind = random.random()
    if kind < 0.25:
        pairs = {key: _form_text(value) for key, value in fields.items()}
        return FORM, urlencode(pairs, errors="replace").encode()[:limit], None
    if kind < 0.3:
        return f"{MULTIPART}; boundary=b", _encode_parts(fields)[:limit], None
    text = json.dumps(_cut(fields, limit - 50_000), ensure_ascii=random.random() < 0.9)
    body = text.encode("utf-8", "surrogatepass")
    if kind < 0.35:
        return JSON, body[: random.randrange(len(body))], None
    return JSON, body, _cut(fields, limit - 50_000)


def _encode_parts(fields: dict[str, Any]) -> bytes:
    part = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    file = '; filename="a.wav"'
    texts = (
        part.format(key, file if key == "file" else "", _form_text(value))
        for key, value in fields.items()
    )
    return ("".join(texts) + "--b--\r\n").encode("utf-8", "surrogatepass")


def _form_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _cut(value: Any, limit: int) -> Any:
    """Cut long texts, so that the whole body is within the limit of its operation."""
    if isinstance(value, dict):
        return {key: _cut(inner, limit // 2) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cut(inner, limit // 2) for inner in value]
    return value[: max(limit // 4, 1)] if isinstance(value, str) else value
