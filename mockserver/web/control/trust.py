"""Serves what clients need to reach the vendors' hosts by `--https`: whom to trust, and the proxy.

Nothing of it is secret, and no browser or operating system sends a token for it.
"""

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.web.control.params import dependencies_of
from mockserver.web.problems import ProblemError
from mockserver.web.server.https import Https

OFF: Final = "the server has no authority: start it with --https"

Render = Callable[[Request, Https], bytes]
PEM: Final = "application/x-pem-file"
PKCS12: Final = "application/x-pkcs12"
PAC: Final = "application/x-ns-proxy-autoconfig"


def _respond_with(render: Render, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        dependencies = dependencies_of(request)
        if foreign := dependencies.access_control.check_page_request(request.headers):
            return foreign
        if dependencies.https is None:
            raise ProblemError("unknown-route", OFF)
        return Response(render(request, dependencies.https), media_type=media_type)

    return respond


def _render_root(_: Request, https: Https) -> bytes:
    return https.root_pem


def _render_trust_store(_: Request, https: Https) -> bytes:
    return https.build_trust_store()


def _render_proxy_script(request: Request, _: Https) -> bytes:
    """Name this server as the proxy by the address at which the request has reached it."""
    dependencies = dependencies_of(request)
    own = dependencies.origins[0].partition("://")[2]
    host = request.headers["host"] if request.scope["scheme"] == "http" else own
    hosts = (host for known in dependencies.router.hosts.values() for host in known)
    return render_proxy_script(host, hosts).encode()


def render_proxy_script(proxy: str, hosts: Iterable[str]) -> str:
    """Render a proxy auto-configuration: the vendors' hosts by the proxy, all else as before."""
    return (
        "function FindProxyForURL(url, host) {\n"
        f"  var hosts = {json.dumps(list(hosts))};\n"
        "  for (var index = 0; index < hosts.length; index++)\n"
        "    if (shExpMatch(host.toLowerCase(), hosts[index]))\n"
        f"      return {json.dumps(f'PROXY {proxy}')};\n"
        '  return "DIRECT";\n'
        "}\n"
    )


ROUTES: Final = (
    Route("/ca.pem", _respond_with(_render_root, PEM)),
    Route("/trust.p12", _respond_with(_render_trust_store, PKCS12)),
    Route("/proxy.pac", _respond_with(_render_proxy_script, PAC)),
)
