"""A real browser on a foreign page, which tries all that such a page can: nothing is read or done.

Its name is resolved to this machine, as a rebound name would be; its page is on another port, and
on the very port of the mock server.
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
from tests.support.browser import Browser, browser
from tests.support.simulation import CLICK_TO_CALL

PAGE = b"<!doctype html><title>evil</title><form method=post enctype=text/plain></form>"
NAMES = "MAP evil.test 127.0.0.1"
TRIES = """
const [base, click, done] = [%s, %s, arguments[arguments.length - 1]];
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
(async () => {
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
  done(read);
})();
"""


class Evil(BaseHTTPRequestHandler):
    """A page of somebody else."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@contextmanager
def evil() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Evil) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def told(origin: str, names: tuple[str, ...]) -> dict[str, Any]:
    """All that a page could have changed."""
    with httpx.Client(base_url=origin, trust_env=False) as client:
        return {name: client.get(f"/_mock/{name}").json() for name in names}


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    with browser(f"--host-resolver-rules={NAMES}") as opened:
        yield opened


EVERYTHING = (
    *("calls", "webhooks", "activations", "clock", "sandboxes", "accounts/mobtexting"),
    *("requests", "journal"),
)
STATE = EVERYTHING[:-2]
"""Without what is only on record: to a name that is not of this machine browsers tell less."""


@pytest.mark.parametrize(
    ("under", "names"),
    [("127.0.0.1", EVERYTHING), ("localhost", EVERYTHING), ("evil.test", STATE)],
)
def test_a_foreign_page_reads_nothing_and_changes_nothing(
    page: Browser, under: str, names: tuple[str, ...]
) -> None:
    with run_server(parse_settings({"port": "0", "clock": "manual", "quiet": True}, {})) as origin:
        with httpx.Client(base_url=origin, trust_env=False) as client:
            headers = {"authorization": "Bearer key", "accept": "application/json"}
            url = "/mobtexting/api/v2/voice/c2c"
            assert client.post(url, json=dict(CLICK_TO_CALL), headers=headers).status_code == 200
        before = told(origin, names)
        base = f"http://{under}:{origin.rpartition(':')[2]}"
        with evil() as port:
            page.open(f"http://evil.test:{port}/")
            found = page.run(
                TRIES % (json.dumps(base), json.dumps(json.dumps(dict(CLICK_TO_CALL))))
            )
        assert found == []
        assert told(origin, names) == before


def test_a_rebound_name_is_another_s_host(page: Browser) -> None:
    """The page comes from the mock server's own port: to the browser they are one origin."""
    with run_server(parse_settings({"port": "0", "clock": "manual", "quiet": True}, {})) as origin:
        port = origin.rpartition(":")[2]
        before = told(origin, STATE)
        page.open(f"http://evil.test:{port}/_mock/health")  # open to all, and a page to stand on
        asked = json.dumps(f"http://evil.test:{port}")
        script = (
            "const done = arguments[arguments.length - 1]; (async () => { const got = [];"
            f"for (const path of ['calls', 'journal', 'clock']) got.push((await fetch({asked} +"
            "'/_mock/' + path)).status); got.push((await fetch("
            f"{asked} + '/innocalls/api/v1/call/status')).status); got.push((await fetch("
            f"{asked} + '/_mock/reset', {{method: 'POST'}})).status); done(got); }})();"
        )
        assert page.run(script) == [403] * 5
        assert told(origin, STATE) == before
