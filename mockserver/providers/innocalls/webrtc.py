"""The WebRTC pages: a login for extensions, and a page that places the call (all of it assumed)."""

from html import escape
from urllib.parse import quote

from mockserver.core.http import Request, Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import RequestContext
from mockserver.providers.innocalls.dialect import Parties, phone_of, succeeded
from mockserver.providers.innocalls.reading import SESSION, session, text

HTML = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Innocalls WebRTC</title></head>
<body>{body}</body></html>
"""
LOGIN = """<h1>Log in</h1>{complaint}
<form method="post" action="login.php">
<input type="hidden" name="phone_number" value="{phone}">
<label>Extension <input name="extension" autofocus required></label>
<label>API key <input name="password" type="password" required></label>
<button>Log in</button>
</form>"""
CALLING = """<h1>Calling {phone}</h1>
<p>Extension {extension}</p>
<p id="state">connecting</p>
<script>
const sent = new URLSearchParams({{phone_number: "{phone}"}});
fetch("call.php", {{method: "POST", body: sent}})
  .then((answer) => answer.json())
  .then((told) => {{ state.textContent = told.data.message + " " + (told.data.callId || ""); }})
  .catch((error) => {{ state.textContent = "failed: " + error; }});
</script>"""


def parties(request: Request) -> Parties:
    return ({"a": session(request)[0], "b": phone_of(request), "callee": phone_of(request)},)


def opened(case: RequestContext) -> EndpointResult:
    """To the login page while the extension is not logged in (documented); 302 is assumed."""
    extension, phone = session(case.request)[0], phone_of(case.request)
    if case.account is None or not _known(case, extension):
        return EndpointResult(
            Response(302, b"", {"location": f"login.php?phone_number={quote(phone)}"})
        )
    body = CALLING.format(phone=escape(phone), extension=escape(extension))
    return EndpointResult(_page(200, body))


def asked(case: RequestContext) -> EndpointResult:
    return EndpointResult(_page(200, _form(case, "")))


def entered(case: RequestContext) -> EndpointResult:
    """The session is a cookie; who cannot be let in gets the form once more."""
    extension, key = text(case, "extension"), text(case, "password")
    if case.account is None or not _known(case, extension):
        complaint = "<p>Unknown extension or wrong API key</p>"
        return EndpointResult(_page(401, _form(case, complaint)))
    cookie = f"{SESSION}={quote(extension)}:{quote(key)}; Path=/; HttpOnly; SameSite=Lax"
    place = f"integration.php?phone_number={quote(phone_of(case.request))}"
    return EndpointResult(Response(302, b"", {"location": place, "set-cookie": cookie}))


def called(case: RequestContext) -> EndpointResult:
    """The browser's extension is dialled first, as in a click-to-call."""
    legs = {"a": session(case.request)[0], "b": phone_of(case.request)}
    call = case.build_call("b-after-a", legs, None)
    told = {"message": "Call Sent", "callId": call.spec.vendor_id}
    return EndpointResult(succeeded(told), Effects(calls=(call,)))


def _known(case: RequestContext, extension: str) -> bool:
    """An account that names no extension has every one."""
    named = case.authenticated_account.records.get("extensions")
    return bool(extension) and (not named or extension in named)


def _form(case: RequestContext, complaint: str) -> str:
    return LOGIN.format(phone=escape(phone_of(case.request)), complaint=complaint)


def _page(status: int, body: str) -> Response:
    return Response(status, PAGE.format(body=body).encode(), HTML)
