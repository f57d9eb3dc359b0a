/** The client does for a test what the control API does, against a real server. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";

import {
  ConnectionFailed,
  ControlError,
  type Match,
  MockServer,
  NotVerified,
  openSandbox,
  UnexpectedFound,
  WaitTimeout,
} from "../src/index.js";
import { clickToCall } from "./mobtexting.js";

let mock: MockServer;

beforeEach(async ({ task }) => {
  mock = await openSandbox(inject("url"), { test: task.name });
  await mock.deliver("mobtexting", mock.inboxUrl());
});

afterEach(() => mock.close());

const click = (fields: object = {}): Promise<Response> =>
  clickToCall(mock.url("mobtexting"), fields);

test("a call is placed, is finished on the virtual clock, and is reported", async () => {
  expect((await click()).status).toBe(200);
  const { stop_reason, waiting } = await mock.finish();
  expect([stop_reason, waiting]).toEqual([null, []]);
  const [call] = await mock.calls();
  expect(call).toMatchObject({ id: "c1", state: "ended", outcome: "completed" });
  expect(await mock.call("c1")).toEqual(call);
  const [report] = await mock.webhooks({ kind: "completed", state: "delivered" });
  expect(report?.attempts.map(({ status }) => status)).toEqual([200]);
  expect((await mock.inbox()).map(({ body }) => body)).toEqual([report?.body]);
});

test("a scenario is in force for as many requests as it is asked for", async () => {
  await mock.use("callee-busy", { times: 1, match: { provider: "mobtexting" } });
  await click();
  await click();
  await mock.finish();
  expect((await mock.calls()).map(({ outcome }) => outcome)).toEqual(["busy", "completed"]);
});

test("a scenario of one's own can be added", async () => {
  await mock.scenario("mine", { legs: { callee: "no-answer" } });
  await mock.use("mine");
  await click();
  await mock.finish();
  expect((await mock.calls({ state: "ended" })).map(({ outcome }) => outcome)).toEqual([
    "no-answer",
  ]);
});

test("a test plays the phone", async () => {
  await mock.use("waits-for-a-person");
  await click();
  expect((await mock.finish()).waiting).toEqual(["c1"]);
  await mock.play("c1", "answer", { leg: "callee" });
  const call = await mock.play("c1", "hangup", { leg: "callee", cause: "normal" });
  expect(call.outcome).toBe("completed");
});

test("an event that cannot happen is a problem", async () => {
  await click();
  await mock.finish();
  const error = await mock.play("c1", "answer", { leg: "callee" }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(ControlError);
  expect(error.message).toMatch(/^POST \/_sandbox\/.*\/_mock\/calls\/c1\/events -> 409: /);
  expect(error.problem.type).toBe("urn:call-mockserver:problem:illegal-transition");
});

test("the clock moves only as far as it is told", async () => {
  expect((await mock.advance("1m30s")).now).toBe("2026-01-01T09:01:30.000Z");
  expect((await mock.advance(30)).now).toBe("2026-01-01T09:02:00.000Z");
  expect((await mock.advanceTo("2026-01-01T12:00:00Z")).now).toBe("2026-01-01T12:00:00.000Z");
  expect(await mock.clock()).toMatchObject({ mode: "manual", pending: 0, next_at: null });
});

describe("a wait", () => {
  test("for a webhook advances the clock only as far as needed", async () => {
    await click();
    const webhook = await mock.waitForWebhook({ "body.status": "COMPLETED" }, { advance: "2h" });
    expect(webhook.kind).toBe("completed");
    expect(Date.parse((await mock.clock()).now)).toBeLessThan(Date.parse("2026-01-01T09:10:00Z"));
  });

  test("for items returns all that match", async () => {
    await click();
    await click();
    const requests = await mock.waitFor("request", { match: { status: 200 }, count: 2 });
    expect(requests.map(({ id }) => id)).toEqual(["r1", "r2"]);
  });

  test("that times out says what came nearest", async () => {
    await click();
    await mock.finish();
    const error = await mock
      .waitForWebhook({ "body.status": "MISSED" }, { within: 0 })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WaitTimeout);
    expect(error.message.split("\n").slice(1)).toEqual([
      "  w1 came near, but:",
      '    body.status is "COMPLETED", not "MISSED"',
    ]);
  });
});

describe("a verification", () => {
  const busy: Match = { "body.status": "MISSED" };
  const answered: Match = { "body.status": "COMPLETED" };

  beforeEach(async () => {
    await mock.use("callee-busy", { times: 1 });
    await click();
    await mock.finish();
    await click();
    await mock.finish();
  });

  test("of what occurred returns the items that match", async () => {
    const requests = await mock.verify("request", { match: { operation: "c2c" }, times: 2 });
    expect(requests.map(({ id }) => id)).toEqual(["r1", "r2"]);
    expect(await mock.verify("call", { match: { outcome: "failed" }, times: 0 })).toEqual([]);
    await mock.verify("webhook", { times: { at_least: 1, at_most: 2 }, order: [busy, answered] });
  });

  test("of a wrong number says what was there instead", async () => {
    const error = await mock.verify("webhook", { times: 1 }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(NotVerified);
    expect(error.message.split("\n")).toEqual([
      expect.stringMatching(/-> 417: webhooks that match \{\}: 2, not 1$/),
      '  there was w1: kind "completed", state "delivered"',
      '  there was w2: kind "completed", state "delivered"',
    ]);
  });

  test("of a wrong order says what was there instead", async () => {
    const error = await mock
      .verify("webhook", { order: [answered, busy] })
      .catch((thrown) => thrown);
    expect(error.message.split("\n")).toEqual([
      expect.stringMatching(/none of the webhooks matches \{"body.status": "MISSED"\} after w2$/),
      '  there was w1: kind "completed", state "delivered", body.status "MISSED"',
      '  there was w2: kind "completed", state "delivered", body.status "COMPLETED"',
      "  w2 came near, but:",
      '    body.status is "COMPLETED", not "MISSED"',
    ]);
  });
});

describe("a webhook receiver of one's own", () => {
  let receiver: Server;
  const bodies: string[] = [];

  beforeEach(async () => {
    receiver = createServer(async (request, response) => {
      bodies.push(await new Response(request as never).text());
      response.end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  });

  afterEach(() => new Promise((resolve) => receiver.close(resolve)));

  test("has answered every webhook once finish returns, and gets one again", async () => {
    const { port } = receiver.address() as AddressInfo;
    await mock.deliver("mobtexting", `http://127.0.0.1:${port}/report`);
    await click();
    await mock.finish();
    expect(bodies.map((body) => JSON.parse(body).status)).toEqual(["COMPLETED"]);
    await mock.redeliver("w1");
    await mock.finish();
    expect(bodies.length).toBe(2);
  });
});

test("an inbox responds as programmed, and accounts are changed by a merge patch", async () => {
  await mock.account("mobtexting", "mobtexting-default", { retry: { waits: ["60s"] } });
  await mock.program([500]);
  await click();
  await mock.finish();
  expect((await mock.inbox()).map(({ status }) => status)).toEqual([500, 200]);
  expect(Object.keys(await mock.accounts("mobtexting"))).toEqual(["mobtexting-default"]);
});

test("a refused request is explained by its response, or by its id", async () => {
  const response = await click({ from: "12" });
  const explanation = await mock.explain(response);
  expect(explanation.rules.map(({ field }) => field)).toEqual(["from"]);
  expect(await mock.explain("r1")).toEqual(explanation);
});

test("journal and timeline tell what happened, until a reset", async () => {
  await click();
  expect((await mock.journal()).map(({ type }) => type)).toContain("request");
  expect(await mock.timeline()).toContain("POST /mobtexting/api/v2/voice/c2c");
  await mock.reset();
  expect(await mock.requests()).toEqual([]);
});

describe("a strict check", () => {
  test("passes if nothing happened that a test would not expect", async () => {
    await click();
    await mock.finish();
    await mock.verifyStrictly();
    expect((await mock.unexpected()).unexpected).toEqual([]);
  });

  test("fails with a line for each reason, unless its kind is allowed", async () => {
    await fetch(`${mock.url("mobtexting")}/none`);
    await mock.use("waits-for-a-person");
    await click();
    await mock.finish();
    const error = await mock.verifyStrictly().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(UnexpectedFound);
    expect(error.unexpected.map(({ id }: { id: string }) => id)).toEqual(["r1", "c1"]);
    expect(error.message.split("\n")).toEqual([
      expect.stringMatching(/^unknown path: r1 GET \/mobtexting\/none: .* \[unknown-path\]$/),
      "call c1 is left waiting for a person: leg b rings until one answers [waiting-call]",
    ]);
    await expect(mock.verifyStrictly({ allow: ["waiting-call"] })).rejects.toThrow(
      /^unknown path: r1 [^\n]*$/,
    );
    await mock.verifyStrictly({ allow: ["waiting-call", "unknown-path"] });
  });

  test("refuses a kind that there is not", async () => {
    await expect(mock.verifyStrictly({ allow: ["waiting-cal"] })).rejects.toThrow(
      /^there is no kind "waiting-cal": there are .*, waiting-call, /,
    );
  });
});

describe("a fork", () => {
  test("is as the sandbox is, and goes on apart from it", async () => {
    await click();
    const fork = await mock.fork();
    expect(await fork.calls()).toEqual(await mock.calls());
    await fork.finish();
    expect((await fork.call("c1")).state).toBe("ended");
    expect((await mock.call("c1")).state).not.toBe("ended");
    await fork.close();
  });

  test("is as the sandbox was at a snapshot, or at a request", async () => {
    await click();
    expect(await mock.snapshot("seeded")).toMatchObject({ name: "seeded" });
    await click();
    await click();
    const then = await mock.fork({ snapshot: "seeded" });
    const later = await mock.fork({ until: "r2", clock: "60x" });
    expect((await then.calls()).map(({ id }) => id)).toEqual(["c1"]);
    expect((await later.calls()).map(({ id }) => id)).toEqual(["c1", "c2"]);
    expect((await later.clock()).mode).toBe("60x");
    await then.close();
    await later.close();
  });

  test("has a name that no other has, or the one that it is given", async () => {
    const [fork, named] = [await mock.fork(), await mock.fork({ name: `${mock.sandbox}-mine` })];
    expect(fork.sandbox).toMatch(new RegExp(`^${mock.sandbox}-[0-9a-f]{8}$`));
    expect(named.sandbox).toBe(`${mock.sandbox}-mine`);
    await fork.close();
    await named.close();
  });
});

describe("a sandbox", () => {
  test("sees nothing of another one", async () => {
    await click();
    const other = await openSandbox(inject("url"));
    expect(await other.requests()).toEqual([]);
    await other.close();
    await expect(other.requests()).rejects.toThrow("no sandbox is named");
  });

  test("gets the requests that have a credential of it, whatever their path", async () => {
    const credentials = { mobtexting: ["key-of-this-test"] };
    const claiming = await openSandbox(inject("url"), { credentials });
    await clickToCall(`${inject("url")}/mobtexting`, {}, "key-of-this-test");
    expect((await claiming.requests()).map(({ status }) => status)).toEqual([200]);
    await expect(openSandbox(inject("url"), { credentials })).rejects.toThrow("-> 409: ");
    await claiming.close();
  });

  test("is the default one without a name", () => {
    const client = new MockServer("http://localhost:8080/");
    expect(client.url("effebot")).toBe("http://localhost:8080/effebot");
    expect(client.url("ccai", "apps")).toBe("http://localhost:8080/ccai/apps");
    expect(client.inboxUrl("mine")).toBe("http://localhost:8080/_mock/receive/mine");
  });

  test("ünnamed: has a name of letters and digits", async () => {
    expect(mock.sandbox).toMatch(/^nnamed-has-a-name-of-letters-and-digits-[0-9a-f]{8}$/);
    const other = await openSandbox(inject("url"), { test: "ü" });
    expect(other.sandbox).toMatch(/^test-[0-9a-f]{8}$/);
    await other.close();
  });
});

describe("an error", () => {
  test("says that no server is there", async () => {
    const error = await new MockServer("http://127.0.0.1:1").clock().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ConnectionFailed);
    expect(error.message).toBe("no mock server answers at http://127.0.0.1:1");
  });

  test("says that something else is there", async () => {
    const other = createServer((_, response) => response.writeHead(502).end("Bad Gateway"));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(new MockServer(`http://127.0.0.1:${port}`).clock()).rejects.toThrow(
      "GET /_mock/clock -> 502: what answers is no mock server: Bad Gateway",
    );
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
  });

  test("has the nearest name of an unknown filter", async () => {
    await expect(mock.calls({ stat: "ended" })).rejects.toThrow("did you mean 'state'?");
  });
});
