"""A foreign page in a real browser can neither read nor change anything.

Its host name resolves to this machine, as a rebound name would. It is served from another port,
and once from the port of the mock server.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from mockserver.app import run_server
from mockserver.settings import parse_settings
from tests.support.browser import Page, open_browser, open_page
from tests.support.simulation import CLICK_TO_CALL

PAGE = b"<!doctype html><title>evil</title><form method=post enctype=text/plain></form>"
RESOLVER_RULES = "MAP evil.test 127.0.0.1"
ATTACK_SCRIPT = """async ([base, click]) => {
const read = [];
const bodies = {"content-type": "application/json"};
const paths = ["/_mock/calls", "/_mock/journal", "/_mock/health", "/_mock/clock", "/"];
const kinds = [{}, {mode: "no-cors"}, {credentials: "include"}];
const posts = ["/_mock/reset", "/_mock/clock/advance", "/_mock/activations",
               "/mobtexting/api/v2/voice/c2c", "/_mock/calls/c1/events"];
const grab = (url, how) => fetch(base + url, how).then(r => r.text())
  .then(text => { if (text) read.push(url); }).catch(() => null);
const image = url => new Promise(end => {
  const one = new Image(); one.onload = one.onerror = end; one.src = base + url; });
const script = url => new Promise(end => {
  const one = document.createElement("script");
  one.onload = one.onerror = end; one.src = base + url; document.head.append(one); });
const events = url => new Promise(end => {
  const one = new EventSource(base + url);
  one.onmessage = one.onopen = () => { read.push(url); one.close(); end(); };
  one.onerror = () => { one.close(); end(); }; });
const sockets = url => new Promise(end => {
  const one = new WebSocket(base.replace("http", "ws") + url);
  one.onopen = () => { read.push(url); end(); }; one.onerror = end; });
const frame = url => new Promise(end => {
  const inner = document.createElement("iframe"), form = document.createElement("form");
  inner.name = "f" + Math.random(); inner.onload = end; document.body.append(inner, form);
  form.method = "post"; form.enctype = "text/plain"; form.target = inner.name;
  form.action = base + url;
  form.innerHTML = '<input name=\\'{"until":"idle","x":"\\' value=\\'"}\\'>';
  form.submit(); });
  for (const url of paths) for (const how of kinds) await grab(url, how);
  for (const url of posts) {
    await grab(url, {method: "POST", body: click, mode: "no-cors"});
    await grab(url, {method: "POST", body: click, headers: bodies});
    await grab(url, {method: "PUT", body: click, headers: bodies});
    await frame(url);
    navigator.sendBeacon(base + url, click);
    await image(url); await script(url);
  }
  for (const url of paths) { await image(url); await script(url); await sockets(url); }
  await events("/_mock/events");
  return read;
}"""


class ForeignPage(BaseHTTPRequestHandler):
    """Serves a page of a foreign site."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def serve_foreign_page() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), ForeignPage) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def read_resources(origin: str, resources: tuple[str, ...]) -> dict[str, Any]:
    """Return these resources of the control API."""
    with httpx.Client(base_url=origin, trust_env=False) as client:
        return {resource: client.get(f"/_mock/{resource}").json() for resource in resources}


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    rules = f"--host-resolver-rules={RESOLVER_RULES}"
    with open_browser(rules) as browser, open_page(browser) as page:
        yield page


STATE_RESOURCES = (
    "calls", "webhooks", "activations", "clock", "sandboxes", "accounts/mobtexting"
)  # fmt: skip


def served_requests(origin: str) -> list[str]:
    """The ids of the requests that the mock server has not itself refused."""
    requests = read_resources(origin, ("requests",))["requests"]["requests"]
    return [request["id"] for request in requests if "problem" not in request]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "evil.test"])
def test_a_foreign_page_reads_nothing_and_changes_nothing(page: Page, host: str) -> None:
    with run_server(parse_settings({"port": "0", "clock": "manual", "quiet": True}, {})) as origin:
        with httpx.Client(base_url=origin, trust_env=False) as client:
            headers = {"authorization": "Bearer key", "accept": "application/json"}
            url = "/mobtexting/api/v2/voice/c2c"
            assert client.post(url, json=dict(CLICK_TO_CALL), headers=headers).status_code == 200
        before = read_resources(origin, STATE_RESOURCES)
        base = f"http://{host}:{origin.rpartition(':')[2]}"
        with serve_foreign_page() as port:
            page.goto(f"http://evil.test:{port}/")
            read_paths = page.evaluate(ATTACK_SCRIPT, [base, json.dumps(dict(CLICK_TO_CALL))])
        assert read_paths == []
        assert read_resources(origin, STATE_RESOURCES) == before
        assert served_requests(origin) == ["r1"]


def test_a_page_on_a_rebound_name_gets_403_from_the_control_and_vendor_apis(page: Page) -> None:
    """The page comes from the port of the mock server: to the browser they are one origin."""
    with run_server(parse_settings({"port": "0", "clock": "manual", "quiet": True}, {})) as origin:
        port = origin.rpartition(":")[2]
        before = read_resources(origin, STATE_RESOURCES)
        page.goto(
            f"http://evil.test:{port}/_mock/health"
        )  # an open route on the origin under attack
        script = """async () => {
            const get = ["/_mock/calls", "/_mock/journal", "/_mock/clock"];
            const paths = [...get, "/innocalls/api/v1/call/status"];
            const statuses = [];
            for (const path of paths) statuses.push((await fetch(path)).status);
            return [...statuses, (await fetch("/_mock/reset", {method: "POST"})).status];
        }"""
        assert page.evaluate(script) == [403] * 5
        assert read_resources(origin, STATE_RESOURCES) == before
