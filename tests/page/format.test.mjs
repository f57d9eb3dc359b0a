// Times, distances and states in words.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./browser.mjs";

const { between, callTone, callWord, clockTime, distance, fullTime, idNumber, named, plural, statusTone, tone } =
  await load("format");

for (const [ms, words] of [
  [0, "0 s"], [1, "0 s"], [50, "0.1 s"], [1_800, "1.8 s"], [59_999, "60 s"], [60_000, "1 min"], [90_000, "1.5 min"],
  [3_600_000, "1 h"], [118_800_000, "33 h"], [172_800_000, "2 days"], [216_000_000, "2.5 days"],
]) {
  test(`a distance of ${ms} ms is "${words}"`, () => assert.equal(distance(ms), words));
}

test("a time of day and a full time are cut out of a timestamp", () => {
  assert.equal(clockTime("2026-01-01T09:00:05.250Z"), "09:00:05");
  assert.equal(fullTime("2026-01-01T09:00:05.250Z"), "2026-01-01 09:00:05.250Z");
  assert.equal(clockTime(null) + fullTime(undefined), "");
});

test("the distance between two timestamps is in milliseconds", () => {
  assert.equal(between("2026-01-01T09:00:00Z", "2026-01-01T09:01:00.5Z"), 60_500);
});

for (const [call, word] of [
  [{ state: "ended", outcome: "busy" }, "busy"],
  [{ state: "ended", outcome: null }, "ended"],
  [{ state: "ringing", waiting: [{ for: "person", leg: "b" }] }, "b rings"],
  [{ state: "ringing", waiting: [{ for: "hangup", leg: "b" }] }, "ringing"],
  [{ state: "queued" }, "queued"],
]) {
  test(`the word for ${JSON.stringify(call)} is "${word}"`, () => assert.equal(callWord(call), word));
}

for (const [word, color] of [
  ["completed", "ok"], ["no-answer", "bad"], ["ringing", "ring"], ["pending", "hook"],
  ["queued", "muted"], ["a word of a vendor", "muted"],
]) {
  test(`"${word}" has the color "${color}"`, () => assert.equal(tone(word), color));
}

for (const [call, color] of [
  [{ state: "ended", outcome: "busy", waiting: [] }, "bad"],
  [{ state: "in-progress", waiting: [{ for: "person", leg: "b" }] }, "ring"],
  [{ state: "in-progress", waiting: [{ for: "hangup", leg: null }] }, "muted"],
  [{ state: "ringing" }, "ring"],
]) {
  test(`the color of ${JSON.stringify(call)} is "${color}"`, () => assert.equal(callTone(call), color));
}

test("only a status below 400 is good", () => {
  assert.deepEqual([200, 302, 400, 500, 0, null].map(statusTone), ["ok", "ok", "bad", "bad", "bad", "bad"]);
});

test("ids are compared by their number", () => {
  assert.deepEqual(["c12", "w3", "x"].map(idNumber), [12, 3, 0]);
});

test("one thing has no plural", () => {
  assert.deepEqual([0, 1, 2].map((count) => plural(count, "call")), ["0 calls", "1 call", "2 calls"]);
});

for (const [numbers, words] of [
  [{ 200: 2, timeout: 1 }, "200: 2, timeout: 1"], [{ n: -1.5 }, "n: -1.5"], [{}, "none"], [null, "none"], [undefined, "none"],
]) {
  test(`the numbers ${JSON.stringify(numbers)} are "${words}"`, () => assert.equal(named(numbers), words));
}
