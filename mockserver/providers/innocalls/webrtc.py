"""The WebRTC pages: a login for extensions and a page that places a call (all assumed)."""

from html import escape
from urllib.parse import quote

from mockserver.core.call import PlannedCall
from mockserver.core.http import Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import RequestContext
from mockserver.providers.innocalls.request import (
    SESSION_COOKIE,
    phone_number,
    request_text,
    session,
)
from mockserver.providers.innocalls.responses import success_response

HTML_HEADERS = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store"}
PAGE_TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Innocalls WebRTC</title></head>
<body>{body}</body></html>
"""
LOGIN_TEMPLATE = """<h1>Log in</h1>{complaint}
<form method="post" action="login.php">
<input type="hidden" name="phone_number" value="{phone}">
<label>Extension <input name="extension" autofocus required></label>
<label>API key <input name="password" type="password" required></label>
<button>Log in</button>
</form>"""
CALL_TEMPLATE = """<h1>Calling {phone}</h1>
<p>Extension {extension}</p>
<p id="state">connecting</p>
<script>
const sent = new URLSearchParams({{phone_number: "{phone}"}});
fetch("call.php", {{method: "POST", body: sent}})
  .then((answer) => answer.json())
  .then((reply) => {{ state.textContent = reply.data.message + " " + (reply.data.callId || ""); }})
  .catch((error) => {{ state.textContent = "failed: " + error; }});
</script>"""


def planned_calls(context: RequestContext) -> tuple[PlannedCall, ...]:
    """The planned call: it dials the browser's extension first, as click-to-call does."""
    legs = {"a": session(context.request)[0], "b": phone_number(context.request)}
    return (PlannedCall("b-after-a", legs, context.fields),)


def show_call_page(context: RequestContext) -> EndpointResult:
    """Show the page that calls; without a valid login, redirect to the login page.

    The redirect is documented, its status 302 is assumed.
    """
    extension, phone = session(context.request)[0], phone_number(context.request)
    if context.account is None or not _is_known_extension(context, extension):
        return EndpointResult(
            Response(302, b"", {"location": f"login.php?phone_number={quote(phone)}"})
        )
    body = CALL_TEMPLATE.format(phone=escape(phone), extension=escape(extension))
    return EndpointResult(_html_response(200, body))


def show_login(context: RequestContext) -> EndpointResult:
    return EndpointResult(_html_response(200, _login_form(context, "")))


def log_in(context: RequestContext) -> EndpointResult:
    """Open a session by a cookie; a failed login shows the form again."""
    extension, key = request_text(context, "extension"), request_text(context, "password")
    if context.account is None or not _is_known_extension(context, extension):
        error = "<p>Unknown extension or wrong API key</p>"
        return EndpointResult(_html_response(401, _login_form(context, error)))
    cookie = f"{SESSION_COOKIE}={quote(extension)}:{quote(key)}; Path=/; HttpOnly; SameSite=Lax"
    location = f"integration.php?phone_number={quote(phone_number(context.request))}"
    return EndpointResult(Response(302, b"", {"location": location, "set-cookie": cookie}))


def call_from_browser(context: RequestContext) -> EndpointResult:
    call = context.place(0)
    data = {"message": "Call Sent", "callId": call.spec.vendor_id}
    return EndpointResult(success_response(data), Effects(calls=(call,)))


def _is_known_extension(context: RequestContext, extension: str) -> bool:
    """Whether the account has the extension; an account that lists no extensions accepts any."""
    extensions = context.authenticated_account.records.get("extensions")
    return bool(extension) and (not extensions or extension in extensions)


def _login_form(context: RequestContext, error: str) -> str:
    return LOGIN_TEMPLATE.format(phone=escape(phone_number(context.request)), complaint=error)


def _html_response(status: int, body: str) -> Response:
    return Response(status, PAGE_TEMPLATE.format(body=body).encode(), HTML_HEADERS)
