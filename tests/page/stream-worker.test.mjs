// The worker that holds one event stream for all tabs.

import assert from "node:assert/strict";
import test, { mock } from "node:test";

import { load } from "./browser.mjs";

const worker = {};
globalThis.self = worker;
await load("stream-worker");

/** A port of a tab, and the states of the link that the tab was told. */
function openTab() {
  const states = [];
  const port = { postMessage: ({ link }) => link && states.push(link.state) };
  worker.onconnect({ ports: [port] });
  return {
    states,
    join: (url) => port.onmessage({ data: { join: { url, headers: {} } } }),
    leave: () => port.onmessage({ data: { leave: true } }),
  };
}

/** Let all that needs no time happen. */
async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Answer each request with a status, and count them. @param {number} status */
function answerWith(status) {
  const asked = [];
  mock.method(globalThis, "fetch", async (url) => {
    asked.push(url);
    return new Response("", { status });
  });
  return asked;
}

test("tabs share a stream that tries again, and the last one that leaves ends it", async (context) => {
  context.after(() => mock.reset());
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
  const asked = answerWith(404);
  const [first, second] = [openTab(), openTab()];
  first.join("http://mock.test/gone");
  await settle();
  second.join("http://mock.test/gone");
  await settle();
  assert.deepEqual([asked.length, second.states], [1, ["refused"]]);
  first.leave();
  second.leave();
  mock.timers.tick(60_000);
  await settle();
  assert.equal(asked.length, 1);
});

test("a tab that joins a stream that was refused for good opens a new one", async (context) => {
  context.after(() => mock.reset());
  const asked = answerWith(401);
  const [first, second] = [openTab(), openTab()];
  first.join("http://mock.test/token");
  await settle();
  second.join("http://mock.test/token");
  await settle();
  assert.deepEqual([asked.length, second.states], [2, ["connecting", "refused"]]);
});
