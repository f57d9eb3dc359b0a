// What the page takes for the report of an ordeal, and why it refuses one.

import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./browser.mjs";

const { parseOrdeal } = await load("ordeal-file");

const CASE = { case: "clean", verdict: "right", defects: [], differing_copies: [] };
const DEFECT = { defect: "counts-copies", cases: ["duplicate"], replay: "mockserver replay", again: "mockserver ordeal" };
const REPORT = { ordeal: 1, cases: [CASE], defects: [DEFECT] };
const parse = (report) => parseOrdeal("a.json", typeof report === "string" ? report : JSON.stringify(report));

test("a report is taken, in one line or in many, whatever the order of its keys", () => {
  const other = { defects: [DEFECT], cases: [CASE], ordeal: 1 };
  for (const text of [JSON.stringify(REPORT), `\n${JSON.stringify(REPORT, null, 2)}\n`, JSON.stringify(other)]) {
    assert.deepEqual(parse(text), { name: "a.json", report: REPORT });
  }
});

for (const text of ["", "7", "null", "[]", "{}", "{", '{"journal":2}', '{"journal":2}\n{"id":1}', '{"provider":"x","ordeal":']) {
  test(`${text} is no report`, () => assert.equal(parse(text), null));
}

const WRITES = '"mockserver ordeal --format json" writes it';

for (const [report, message] of [
  ['{\n  "ordeal": 1,\n  "cas', `a.json is a part of an ordeal's report: ${WRITES} whole.`],
  [{ ...REPORT, ordeal: 2 }, "a.json is an ordeal's report in format 2; this page reads format 1."],
  [{ ordeal: 1 }, `a.json has no list of cases, as ${WRITES}.`],
  [{ ...REPORT, defects: {} }, `a.json has no list of defects, as ${WRITES}.`],
  [{ ...REPORT, cases: [CASE, null] }, `Number 2 of the cases in a.json is not as ${WRITES}.`],
  [{ ...REPORT, cases: [{ ...CASE, verdict: 7 }] }, `Number 1 of the cases in a.json is not as ${WRITES}.`],
  [{ ...REPORT, cases: [{ ...CASE, defects: "x" }] }, `Number 1 of the cases in a.json is not as ${WRITES}.`],
  [{ ...REPORT, defects: [{ ...DEFECT, replay: null }] }, `Number 1 of the defects in a.json is not as ${WRITES}.`],
  [{ ...REPORT, defects: [{ ...DEFECT, cases: "duplicate" }] }, `Number 1 of the defects in a.json is not as ${WRITES}.`],
]) {
  test(message, () => assert.throws(() => parse(report), { message }));
}
