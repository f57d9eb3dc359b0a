// Copied commands, spelled-out characters, and values with another field.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";

import { load } from "./browser.mjs";

const { query, takeToken, token } = await load("api");
const { spell } = await load("dom");
const { setField } = await load("samples");
const { curl } = await load("snippets");

/** What a shell makes of a command, word by word. */
const words = (command) => execFileSync("sh", ["-c", `TOKEN=secret; printf '%s\\0' ${command}`])
  .toString().split("\0").slice(0, -1);

test("a copied command is the same words in a shell, whatever is in them", () => {
  const body = `{"a": "it's $HOME \`id\` \\" \\\\ é\n"}`;
  const command = curl({ method: "POST", url: "http://a.test/?x=1&y=it's", headers: { "x-a": "'; id #" }, body });
  assert.deepEqual(words(command), [
    "curl", "-X", "POST", "http://a.test/?x=1&y=it's", "-H", "x-a: '; id #", "--data-binary", body,
  ]);
});

test("a masked secret is the variable TOKEN, and nothing else is expanded", () => {
  const command = curl({ method: "GET", url: "http://a/", headers: { authorization: 'Bearer $HOME`id`"\\ ***1a2b' } });
  assert.deepEqual(words(command).slice(-1), ['authorization: Bearer $HOME`id`"\\ secret']);
});

test("headers that curl writes itself are left out", () => {
  const headers = { Host: "a", "Content-Length": "1", Connection: "close", "accept-encoding": "gzip" };
  assert.equal(curl({ method: "GET", url: "http://a/", headers, body: null }), "curl -X GET 'http://a/'");
});

test("empty values are not in a query, and 0 is", () => {
  assert.equal(query({ a: "", b: undefined, c: 0, d: "x y" }), "?c=0&d=x+y");
  assert.equal(query({ a: "" }), "");
});

test("the token goes from the fragment into the session, and out of the address", () => {
  const replaced = [];
  Object.assign(location, { hash: "#token=top-secret", pathname: "/_mock/ui/calls", search: "?q=a" });
  globalThis.history = { state: null, replaceState: (...all) => replaced.push(all) };
  takeToken();
  assert.deepEqual([token(), replaced], ["top-secret", [[null, "", "/_mock/ui/calls?q=a"]]]);
});

test("characters that nobody sees or that turn a text are spelled out, and no others", () => {
  const unseen = "\u0000\u001b\u00ad\u200b\u202e\u2066\ufeff";
  assert.equal(spell(unseen), "\\u0000\\u001b\\u00ad\\u200b\\u202e\\u2066\\ufeff");
  assert.equal(spell("tab\tline\n ü 漢 😀 <b>"), "tab\tline\n ü 漢 😀 <b>");
  assert.deepEqual([null, undefined, 0, false].map(spell), ["", "", "0", "false"]);
});

for (const [value, path, changed] of [
  [{ a: 1 }, "a", { a: 2 }],
  [{ a: { b: 1, c: 3 } }, "a.b", { a: { b: 2, c: 3 } }],
  [{ a: [{ b: 1 }, { b: 1 }] }, "a[1].b", { a: [{ b: 1 }, { b: 2 }] }],
  [{}, "a.b", { a: { b: 2 } }],
]) {
  test(`${JSON.stringify(value)} with 2 at ${path}`, () => {
    const before = structuredClone(value);
    assert.deepEqual([setField(value, path, 2), value], [changed, before]);
  });
}
