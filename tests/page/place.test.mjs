// Addresses of views and objects, and filters.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./browser.mjs";

const { formatPlace, parseFilter, parsePlace } = await load("place");

for (const [path, search, view, parts, query] of [
  ["", "", "calls", [], {}],
  ["calls/c7/w3", "", "calls", ["c7", "w3"], {}],
  ["calls", "?q=state%3Aringing", "calls", [], { q: "state:ringing" }],
  ["try/mobtexting/c2c/", "", "try", ["mobtexting", "c2c"], {}],
  ["scenarios/a%20b%2Fc", "", "scenarios", ["a b/c"], {}],
  ["scenarios/%zz", "", "scenarios", ["%zz"], {}],
]) {
  test(`"${path}${search}" is parsed`, () => {
    assert.deepEqual(parsePlace(path, search), { view, parts, query });
  });
}

test("what is formatted is parsed to the same place", () => {
  const parts = ["scenarios", "a b/c?d#e"];
  const [path, search] = formatPlace(parts, { q: "state:ringing é&=", none: "" }).split("?");
  assert.deepEqual(parsePlace(path, `?${search}`), {
    view: "scenarios", parts: ["a b/c?d#e"], query: { q: "state:ringing é&=" },
  });
});

test("a place without a query has no question mark", () => {
  assert.equal(formatPlace(["calls", "c1"], { q: "" }), "calls/c1");
});

for (const [text, found] of [
  ["", {}],
  ["state:ringing", { state: "ringing" }],
  ["state:ringing 9188", { state: "ringing", q: "9188" }],
  ["two words", { q: "two words" }],
  ["url:http://a:1/b", { q: "url:http://a:1/b" }],
  ["outcome:a:b", { outcome: "a:b" }],
  ["state:", { q: "state:" }],
]) {
  test(`the filter "${text}" is parsed`, () => {
    assert.deepEqual(parseFilter(text, ["state", "outcome"]), found);
  });
}
