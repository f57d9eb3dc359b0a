// The rows of a ladder diagram.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./browser.mjs";

const { ladderRows, lanes } = await load("ladder");

const at = (seconds) => new Date(Date.UTC(2026, 0, 1, 9) + seconds * 1000).toISOString();
const leg = (name, role = "from") => ({ name, role, number: `91${name}` });
const callOf = (...events) => ({ provider: "mobtexting", legs: [leg("a"), leg("b", "to")], attempts: [], events });
const rowsOf = (...events) => ladderRows(callOf(...events), [], []);
const webhook = (fields) => ({
  id: "w1", kind: "completed", url: "http://app.test/", state: "delivered", attempts: [], ...fields,
});

test("the lanes are the app, the vendor and each leg of all attempts, once", () => {
  const call = { ...callOf(), legs: [leg("b", "to")], attempts: [{ legs: [leg("a")] }, { legs: [leg("b", "to"), leg("a")] }] };
  assert.deepEqual(lanes(call), [
    { name: "app", label: "your app", number: "" },
    { name: "vendor", label: "mobtexting", number: "" },
    { name: "a", label: "a from", number: "91a" },
    { name: "b", label: "b to", number: "91b" },
  ]);
});

for (const [event, row] of [
  [{ event: "ring", leg: "a" }, { from: "vendor", to: "a", words: "ring" }],
  [{ event: "answer", leg: "a" }, { from: "a", to: "vendor", words: "answer" }],
  [{ event: "answer", leg: "a", by: "control" }, { from: "a", to: "vendor", words: "answer (you)" }],
  [{ event: "machine", leg: "b" }, { from: "b", to: "vendor", words: "a machine answers" }],
  [{ event: "press", leg: "b", digits: "1#" }, { from: "b", to: "vendor", words: "key 1#" }],
  [{ event: "say", leg: "b", words: "yes" }, { from: "b", to: "vendor", words: 'says "yes"' }],
  [{ event: "play", leg: "b" }, { from: "vendor", to: "b", words: 'plays ""' }],
  [{ event: "sms", to: "91", text: "hi" }, { from: "vendor", to: "vendor", words: "SMS to 91: hi" }],
  [{ event: "hangup", leg: "b", cause: "normal", q850: 16 }, { from: "b", to: "vendor", words: "hang up" }],
  [{ event: "hangup", leg: "b", cause: "busy", q850: 17 }, { from: "b", to: "vendor", words: "hang up: busy (17)" }],
  [{ event: "hangup", leg: "b", cause: "odd" }, { from: "b", to: "vendor", words: "hang up: odd" }],
  [{ event: "ended", outcome: "busy" }, { from: undefined, to: undefined, words: "ended: busy" }],
  [{ event: "transfer", leg: "b", to: "x" }, { from: undefined, to: undefined, words: "transfer, to x" }],
]) {
  test(`the row of ${JSON.stringify(event)}`, () => {
    const [{ from, to, words, type }] = rowsOf({ at: at(0), ...event });
    assert.deepEqual({ from, to, words, type }, { ...row, type: row.from ? "arrow" : "note" });
  });
}

test("steps that say nothing to a person have no row, a second attempt has a heading", () => {
  const rows = rowsOf(
    { event: "placed", at: at(0) }, { event: "begin", at: at(0) }, { event: "attempt-ended", at: at(1) },
    { event: "poll", at: at(1) }, { event: "begin", at: at(1) },
  );
  assert.deepEqual(rows.map(({ type, words }) => [type, words]), [["heading", "attempt 2"]]);
});

test("a request is an arrow there, and its answer one back, bad from 400 on", () => {
  const request = { id: "r1", at: at(0), method: "POST", operation: "c2c", status: 422, fault: "from-malformed" };
  const rows = ladderRows(callOf(), [request, { ...request, id: "r2", status: null, fault: null }], []);
  assert.deepEqual(rows.map(({ from, to, words, tone, opens }) => [from, to, words, tone, opens]), [
    ["app", "vendor", "POST c2c", "request", "requests/r1"],
    ["vendor", "app", "422 from-malformed", "bad", "requests/r1"],
    ["app", "vendor", "POST c2c", "request", "requests/r2"],
    ["vendor", "app", "no answer", "bad", "requests/r2"],
  ]);
});

test("each attempt of a webhook is an arrow with its answer, and the next one is a note", () => {
  const attempts = [
    { number: 1, at: at(0), status: 500, error: null }, { number: 2, at: at(1), status: null, error: "timeout" },
    { number: 3, at: at(2), status: 200, error: null }, { number: 4, at: at(3), status: 200, error: null },
  ];
  const rows = ladderRows(callOf(), [], [webhook({ state: "pending", attempts, next_attempt_at: at(4) })]);
  assert.deepEqual(rows.map(({ type, words, tone }) => [type, words, tone]), [
    ["arrow", "w1 completed, 1st", "hook"], ["arrow", "500", "bad"],
    ["arrow", "w1 completed, 2nd", "hook"], ["arrow", "timeout", "bad"],
    ["arrow", "w1 completed, 3rd", "hook"], ["arrow", "200", "ok"],
    ["arrow", "w1 completed, 4th", "hook"], ["arrow", "200", "ok"],
    ["note", "w1 completed is due", "hook"],
  ]);
});

for (const [state, url] of [["dropped", ""], ["refused", ": http://app.test/"]]) {
  test(`a webhook that is ${state} is the last row, without a time`, () => {
    const rows = ladderRows(callOf({ event: "ended", outcome: "busy", at: at(1) }), [], [webhook({ state })]);
    assert.deepEqual(rows.map(({ words, at: time }) => [words, time]), [
      ["ended: busy", at(1)], [`w1 completed ${state}${url}`, ""],
    ]);
  });
}

test("a webhook that is dropped without anything before it has no time either", () => {
  const rows = ladderRows(callOf(), [], [webhook({ state: "dropped" })]);
  assert.deepEqual(rows.map(({ words, at: time, since }) => [words, time, since]), [["w1 completed dropped", "", ""]]);
});

test("rows are in the order of time; at one time requests, events, webhooks", () => {
  const request = { id: "r1", at: at(1), method: "POST", operation: "c2c", status: 200, fault: null };
  const attempts = [{ number: 1, at: at(1), status: 200, error: null }];
  const call = callOf({ event: "ring", leg: "a", at: at(1) }, { event: "bridge", at: at(0) });
  const rows = ladderRows(call, [request], [webhook({ attempts })]);
  assert.deepEqual(rows.map(({ words }) => words),
    ["bridge", "POST c2c", "200", "ring", "w1 completed, 1st", "200"]);
});

test("a time is shown once, a distance from a second on, and a minute is a row of its own", () => {
  const ring = (seconds) => ({ event: "ring", leg: "a", at: at(seconds) });
  const rows = rowsOf(ring(0), ring(0), ring(2), ring(62), ring(121.9));
  assert.deepEqual(rows.map(({ type, at: time, since, words }) => [type, time, since, words]), [
    ["arrow", at(0), "", "ring"], ["arrow", "", "", "ring"], ["arrow", at(2), "+2 s", "ring"],
    ["gap", "", "", "1 min"], ["arrow", at(62), "", "ring"], ["arrow", at(121.9), "+59.9 s", "ring"],
  ]);
});

test("the bar of a leg shows that it rings, talks, and is over", () => {
  const rows = rowsOf(
    { event: "ring", leg: "a", at: at(0) }, { event: "answer", leg: "a", at: at(1) }, { event: "bridge", at: at(1) },
    { event: "hangup", leg: "a", cause: "normal", at: at(2) }, { event: "ring", leg: "b", at: at(3) },
    { event: "ended", outcome: "completed", at: at(4) },
  );
  assert.deepEqual(rows.map(({ bars }) => bars), [
    { a: "rings" }, { a: "talks" }, { a: "talks" }, { a: "" }, { a: "", b: "rings" }, { a: "", b: "" },
  ]);
});

test("a call of which nothing is known has no rows", () => {
  assert.deepEqual(rowsOf(), []);
});

test("no two rows have the same key", () => {
  const ring = (seconds) => ({ event: "ring", leg: "a", at: at(seconds) });
  const keys = rowsOf(ring(0), ring(0), ring(100), ring(200)).map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
});
