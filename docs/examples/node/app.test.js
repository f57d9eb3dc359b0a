import { once } from "node:events";

import { openSandbox } from "call-mockserver-client";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";

import { createApp } from "./app.js";

const TOKEN = "token-of-the-application";
const AGENT = "918867135000";
const CUSTOMER = "918867136000";

let app; // runs for the whole file; it knows nothing of sandboxes
let origin;
let mock; // a sandbox for each test, which claims the application's token

beforeAll(async () => {
  const mobtexting = `${inject("mockserver")}/mobtexting`;
  app = createApp({ mobtexting, token: TOKEN, agent: AGENT, bridge: "918068281234" });
  await once(app.listen(0, "127.0.0.1"), "listening");
  origin = `http://127.0.0.1:${app.address().port}`;
});

afterAll(() => {
  app.closeAllConnections();
  app.close();
});

beforeEach(async ({ task }) => {
  const credentials = { mobtexting: [TOKEN] };
  mock = await openSandbox(inject("mockserver"), { test: task.name, credentials });
  await mock.deliver("mobtexting", `${origin}/report`);
});

afterEach(() => mock.close());

async function callBack(customer = CUSTOMER) {
  const body = JSON.stringify({ customer });
  return (await fetch(`${origin}/callbacks`, { method: "POST", body })).status;
}

async function show() {
  return (await fetch(`${origin}/callbacks/${CUSTOMER}`)).json();
}

test("a customer who answers is reached", async () => {
  expect(await callBack()).toBe(202);
  expect(await show()).toEqual({ state: "calling", reports: 0 });
  await mock.finish();
  expect(await show()).toEqual({ state: "reached", reports: 1 });
  const sent = { "body.from": AGENT, "body.to": CUSTOMER };
  await mock.verify("request", { match: sent, times: 1 });
});

test("a busy customer is missed", async () => {
  await mock.use("callee-busy");
  await callBack();
  await mock.finish();
  expect(await show()).toEqual({ state: "missed", reports: 1 });
});

test("a person answers after half a minute", async () => {
  await mock.use("waits-for-a-person");
  await callBack();
  await mock.finish();
  await mock.advance("30s");
  await mock.play("c1", "answer", { leg: "callee" });
  expect((await show()).state).toBe("calling");
  await mock.play("c1", "hangup", { leg: "callee" });
  await mock.finish();
  expect((await show()).state).toBe("reached");
});

test("a report that arrives twice counts once", async () => {
  await mock.use("doubled-report");
  await callBack();
  await mock.finish();
  await mock.verify("webhook", { match: { state: "delivered" }, times: 2 });
  expect(await show()).toEqual({ state: "reached", reports: 1 });
});

test("a report that arrives before the reply is not lost", async () => {
  await mock.use("report-before-reply");
  expect(await callBack()).toBe(202);
  await mock.finish();
  expect(await show()).toEqual({ state: "no agent", reports: 1 });
});

test("a number that the vendor refuses is an error", async () => {
  expect(await callBack("12")).toBe(502);
  const [request] = await mock.requests();
  const { rules } = await mock.explain(request.id);
  expect(rules.map(({ field }) => field)).toEqual(["to"]);
});
