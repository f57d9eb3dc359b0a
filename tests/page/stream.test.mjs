// Events of a stream, and how it is kept up.

import assert from "node:assert/strict";
import test, { mock } from "node:test";

import { load } from "./browser.mjs";

const { EventStream, parseEvents } = await load("stream");

const block = (id, data) => `id: ${id}\nevent: entry\ndata: ${JSON.stringify(data)}\n\n`;

test("whole blocks are events, and what is incomplete waits", () => {
  const text = block("e.1-1", { a: ": " });
  assert.deepEqual(parseEvents(`${text}event: en`), {
    events: [{ event: "entry", id: "e.1-1", data: { a: ": " } }], rest: "event: en",
  });
});

test("a beat is no event", () => {
  const { events: [beat] } = parseEvents(": beat\n\n");
  assert.deepEqual(beat, { event: "", id: "", data: null });
});

test("a stream cut anywhere has the same events", () => {
  const text = block("1", { a: "b\n\nc" }) + block("2", []);
  for (let cut = 0; cut <= text.length; cut += 1) {
    const first = parseEvents(text.slice(0, cut));
    const second = parseEvents(first.rest + text.slice(cut));
    assert.deepEqual([...first.events, ...second.events].map(({ id }) => id), ["1", "2"]);
  }
});

/** Answer each fetch of a stream by the next of these, and keep what was asked and told. */
function run(...answers) {
  const asked = [];
  const told = [];
  mock.method(globalThis, "fetch", async (url, { headers, signal }) => {
    asked.push(headers["last-event-id"] ?? "");
    const answer = answers.shift();
    if (answer === undefined) await new Promise((_, reject) => signal.addEventListener("abort", reject));
    return typeof answer === "number" ? new Response("", { status: answer }) : new Response(answer);
  });
  const stream = new EventStream("http://mock.test/events", { authorization: "Bearer t" },
    ({ id }) => told.push(id), ({ state, retryAt }) => told.push(state + (retryAt ? ` ${retryAt}` : "")));
  return { asked, told, stream };
}

/** Let all that needs no time happen. */
async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test("a stream that ends is resumed behind the last event, after pauses that grow", async (context) => {
  context.after(() => mock.reset());
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
  const { asked, told, stream } = run(block("7", {}), 503, 503, block("8", {}));
  await settle();
  for (const pause of [1000, 2000, 4000]) {
    mock.timers.tick(pause);
    await settle();
  }
  stream.close();
  assert.deepEqual(asked, ["", "7", "7", "7"]);
  assert.deepEqual(told, ["live", "7", "lost 1000", "lost 3000", "lost 7000", "live", "8", "lost 8000"]);
});

test("a refused stream is not asked for again, unless the sandbox may come back", async (context) => {
  context.after(() => mock.reset());
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
  const forbidden = run(401);
  await settle();
  mock.timers.tick(60_000);
  await settle();
  assert.deepEqual([forbidden.asked.length, forbidden.told], [1, ["refused"]]);
  mock.restoreAll();
  const gone = run(404, block("1", {}));
  await settle();
  mock.timers.tick(1000);
  await settle();
  gone.stream.close();
  assert.deepEqual(gone.told.slice(0, 3), ["refused", "live", "1"]);
});

test("a closed stream asks for nothing more", async (context) => {
  context.after(() => mock.reset());
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
  const { asked, told, stream } = run(block("1", {}));
  await settle();
  stream.close();
  mock.timers.tick(60_000);
  await settle();
  assert.deepEqual([asked.length, told], [1, ["live", "1", "lost 1000"]]);
});

test("a stream without a beat for half a minute counts as lost", async (context) => {
  context.after(() => mock.reset());
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
  const signals = [];
  mock.method(globalThis, "fetch", async (_url, { signal }) => {
    signals.push(signal);
    return new Response(new ReadableStream({
      start: (controller) => signal.addEventListener("abort", () => controller.error(signal.reason)),
    }));
  });
  const told = [];
  const stream = new EventStream("http://mock.test/events", {}, () => {}, ({ state }) => told.push(state));
  await settle();
  mock.timers.tick(29_000);
  await settle();
  assert.deepEqual([told, signals[0].aborted], [["live"], false]);
  mock.timers.tick(1_000);
  await settle();
  stream.close();
  assert.deepEqual(told, ["live", "lost"]);
});
