"""The kinds of RFC 9457 problems: the server's own errors, distinct from any vendor's."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class ProblemKind(NamedTuple):
    """The status and the title of all problems of a kind; `meaning` says what to do about it."""

    status: int
    title: str
    meaning: str


PROBLEM_KINDS: Final[Mapping[str, ProblemKind]] = MappingProxyType(
    {
        "bad-request": ProblemKind(
            400, "bad request", "The request is not valid HTTP/1.1, or it is incomplete."
        ),
        "token-required": ProblemKind(
            401, "token required", "Send the server's token as `Authorization: Bearer <token>`."
        ),
        "foreign-host": ProblemKind(
            403,
            "foreign host",
            "Host names neither this server nor a vendor; `--allow-host NAME` allows NAME.",
        ),
        "foreign-origin": ProblemKind(
            403,
            "foreign origin",
            "A page of another site sent the request; `--allow-host NAME` allows its pages.",
        ),
        "foreign-target": ProblemKind(
            403, "foreign target", "The proxy leads to the vendors; `--proxy-pass HOST` adds HOST."
        ),
        "unknown-path": ProblemKind(
            404, "unknown path", "No emulated API has this path; `nearest` lists similar ones."
        ),
        "unknown-route": ProblemKind(
            404, "unknown route", "The control API has no such path; `GET /_mock/docs` shows all."
        ),
        "unknown-sandbox": ProblemKind(
            404, "unknown sandbox", "No sandbox has this name; `GET /_mock/sandboxes` lists them."
        ),
        "unknown-provider": ProblemKind(
            404, "unknown provider", "No provider has this name; `GET /_mock/providers` lists them."
        ),
        "unknown-operation": ProblemKind(
            404,
            "unknown operation",
            "The provider has no such operation; `GET /_mock/providers` lists them.",
        ),
        "unknown-account": ProblemKind(
            404,
            "unknown account",
            "The provider has no such account; `GET /_mock/accounts/{provider}` lists them.",
        ),
        "unknown-call": ProblemKind(
            404, "unknown call", "No call has this id; `GET /_mock/calls` lists them."
        ),
        "unknown-request": ProblemKind(
            404, "unknown request", "No request has this id; `GET /_mock/requests` lists them."
        ),
        "unknown-webhook": ProblemKind(
            404, "unknown webhook", "No webhook has this id; `GET /_mock/webhooks` lists them."
        ),
        "unknown-activation": ProblemKind(
            404,
            "unknown activation",
            "No activation in force has this id; `GET /_mock/activations` lists them.",
        ),
        "unknown-snapshot": ProblemKind(
            404,
            "unknown snapshot",
            "The sandbox has no such snapshot; `GET /_mock/sandboxes/{name}/snapshots` lists them.",
        ),
        "unknown-recording": ProblemKind(
            404, "unknown recording", "No call has a recording with this URL."
        ),
        "no-recording": ProblemKind(
            404, "no recording", "Nobody answered the call, so it has no recording."
        ),
        "scenario-not-found": ProblemKind(
            404,
            "scenario not found",
            "No scenario has the name in the path; `GET /_mock/scenarios` lists them.",
        ),
        "scenario-not-uploaded": ProblemKind(
            404,
            "scenario not uploaded",
            "Only a scenario that `PUT /_mock/scenarios/{name}` uploaded can be deleted.",
        ),
        "method-not-allowed": ProblemKind(
            405, "method not allowed", "The path takes only the methods of the Allow header."
        ),
        "request-timeout": ProblemKind(
            408, "request timeout", "The head or the body of the request did not arrive in time."
        ),
        "wait-timeout": ProblemKind(
            408, "wait timeout", "Too few items matched in time; `nearest` shows what differs."
        ),
        "advance-running": ProblemKind(
            409, "advance running", "Another advance waits for the answer to a webhook."
        ),
        "credential-claimed": ProblemKind(
            409, "credential claimed", "Another sandbox has claimed one of the credentials."
        ),
        "default-sandbox-stays": ProblemKind(
            409,
            "default sandbox stays",
            "The default sandbox cannot be deleted; `POST /_mock/reset` empties it.",
        ),
        "no-sample": ProblemKind(
            409,
            "no sample",
            "No account would accept a request for the operation now; the detail says why.",
        ),
        "illegal-transition": ProblemKind(
            409, "illegal transition", "The event cannot happen in the present state of the call."
        ),
        "nobody-on-the-phone": ProblemKind(
            409, "nobody on the phone", "No leg waits for a person, so the clock cannot follow one."
        ),
        "inputs-incomplete": ProblemKind(
            409,
            "inputs incomplete",
            "The log of inputs exceeded its limit, so nothing can be built from it.",
        ),
        "inputs-diverged": ProblemKind(
            409, "inputs diverged", "An input had another effect when it was played again."
        ),
        "sandbox-refused": ProblemKind(
            409,
            "sandbox refused",
            "The store has the sandbox, but it cannot go on; `POST /_mock/reset` begins it anew.",
        ),
        "too-many-snapshots": ProblemKind(
            409, "too many snapshots", "The sandbox has the maximum number of snapshots."
        ),
        "too-many-sandboxes": ProblemKind(
            409, "too many sandboxes", "Delete a sandbox before you create another one."
        ),
        "webhook-in-flight": ProblemKind(
            409, "webhook in flight", "The webhook can be sent again once its delivery has ended."
        ),
        "body-too-large": ProblemKind(
            413, "body too large", "The body has more bytes than the path accepts."
        ),
        "unsupported-encoding": ProblemKind(
            415,
            "unsupported encoding",
            "Send the body plain, or with Content-Encoding gzip or deflate.",
        ),
        "range-not-satisfiable": ProblemKind(
            416, "range not satisfiable", "The recording ends before the requested range."
        ),
        "not-verified": ProblemKind(
            417,
            "not verified",
            "Something did not occur, or not often enough; `instead` and `nearest` show what did.",
        ),
        "invalid-body": ProblemKind(
            422, "invalid body", "The route does not accept this body; `detail` says why."
        ),
        "invalid-header": ProblemKind(
            422, "invalid header", "The route does not accept the value of a header."
        ),
        "invalid-query": ProblemKind(
            422, "invalid query", "The route does not accept this query parameter, or its value."
        ),
        "invalid-sandbox-name": ProblemKind(
            422, "invalid sandbox name", "No sandbox can have this name; `detail` says why."
        ),
        "invalid-scenario": ProblemKind(
            422, "invalid scenario", "`problems` lists what is wrong, each with line and column."
        ),
        "scenario-not-applicable": ProblemKind(
            422, "scenario not applicable", "The call does not have what the scenario needs."
        ),
        "unknown-scenario": ProblemKind(
            422, "unknown scenario", "No scenario has this name; `GET /_mock/scenarios` lists them."
        ),
        "header-too-large": ProblemKind(
            431, "header too large", "The request has too many headers, or too many bytes of them."
        ),
        "internal-error": ProblemKind(
            500, "internal error", "The mock server is at fault; its log has the traceback."
        ),
        "connection-broken": ProblemKind(
            502, "connection broken", "A scenario breaks the connection; this server cannot."
        ),
        "target-unreachable": ProblemKind(
            502, "target unreachable", "No address of a host of --proxy-pass takes connections."
        ),
        "shutting-down": ProblemKind(
            503, "shutting down", "The mock server shut down before it could respond."
        ),
        "not-ready": ProblemKind(
            503,
            "not ready",
            "The server takes no requests now; `reasons` says what it does instead.",
        ),
        "missing-package": ProblemKind(
            503,
            "missing package",
            "A package that the vendor or the route needs is not installed; `detail` names it.",
        ),
        "store-unavailable": ProblemKind(
            503,
            "store unavailable",
            "What the request did is not stored yet, so nothing of it is shown: send it again.",
        ),
        "too-many-connections": ProblemKind(
            503, "too many connections", "Close a connection before you open another one."
        ),
        "webhook-loop": ProblemKind(
            508, "webhook loop", "Webhooks to this server led to webhooks too many times."
        ),
    }
)
