"""Builds a recorded request of a vendor's API again."""

from collections.abc import Mapping
from typing import Any

from mockserver.core.http import Request
from mockserver.engine.exchange import IncomingRequest
from mockserver.web.router import Router, UnknownPath
from mockserver.web.vendor.admission import build_incoming, build_request, read_credential


def rebuild_request(data: Mapping[str, Any], router: Router) -> Request | IncomingRequest:
    """Build a recorded request again; a `Request` if no operation has its path."""
    headers = data["headers"]
    scope = {
        "method": data["method"],
        "path": data["path"],
        "query_string": data["query"].encode("latin-1"),
        "headers": [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
        ],
        "client": (data["client"], 0),
        "scheme": "",
    }
    route = router.find(data["method"], headers.get("host", ""), data["path"])
    request = build_request(scope, data["body"], data["origin"], route)
    if isinstance(route, UnknownPath):
        return request
    return build_incoming(route, request, read_credential(route, request), data.get("depth", 0))
