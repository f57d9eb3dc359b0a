// The report of an ordeal, which is only shown: each defect with its smallest run, and each case.

import { body, captured, h } from "./dom.js";
import { named, tone } from "./format.js";

const STATES = ["wrong", "unknown", "right"];

/**
 * The whole report, or one case with its defects.
 * @param {import("./ordeal-file.js").OrdealFile} file
 * @param {(...parts: string[]) => string} pathOf the address of the report or of a case
 * @param {string} [id] the name of the only case that is shown
 */
export function ordealContent({ report }, pathOf, id) {
  const cases = report.cases.filter((/** @type {any} */ each) => !id || each.case === id);
  const defects = report.defects.filter((/** @type {any} */ each) => !id || each.cases.includes(id));
  const states = STATES.map((state) => [state, report.cases.filter((/** @type {any} */ each) => each.verdict === state).length]);
  return [
    id ? h("p", {}, cases.length ? null : h("span", { class: "bad" }, "This case is not in the file. "),
      h("a", { class: "button", href: pathOf() }, "All of the file")) : null,
    h("p", {}, "Webhooks of ", captured(report.provider), " to ", captured(report.to ?? report.app),
      ", seed ", captured(report.seed), report.probe ? [", probe ", captured(report.probe)] : ", without a probe", ". It can only be read."),
    h("p", {}, states.map(([state, count]) => [h("span", { class: `pill ${tone(state)}` }, `${count} ${state}`), " "])),
    h("h2", {}, `Defects (${defects.length})`), defects.map((/** @type {any} */ each) => defectPart(each, pathOf)),
    defects.length ? null : h("p", {}, "No case shows a defect."),
    h("h2", {}, `Cases (${cases.length})`),
    h("ol", { class: "plain" }, cases.map((/** @type {any} */ each) => caseItem(each, Boolean(id)))),
    id ? null : [h("h2", {}, "All cases together"),
      pairs({ "real time in ms": named(report.latency_ms), "no response": named(report.failures) })],
  ];
}

/** @param {any} defect @param {(...parts: string[]) => string} pathOf */
function defectPart({ defect, meaning, seen, cases, seed, scenario, replay, again }, pathOf) {
  const isOrdered = Object.keys(scenario ?? {}).length > 0;
  return h("article", { "data-key": `defect-${defect}` },
    h("h3", {}, h("span", { class: "pill bad" }, captured(defect)), " ", captured(meaning)),
    h("p", {}, captured(seen)),
    h("p", {}, "Shown by ", cases.map((/** @type {string} */ each) => [h("a", { href: pathOf(each) }, captured(each)), " "])),
    h("p", {}, "Its smallest run is that of ", captured(cases[0]), ", seed ", captured(seed),
      isOrdered ? ", with this scenario:" : ". No scenario orders it: the ordeal itself does this to the webhooks."),
    isOrdered ? body(scenario) : null,
    command("Play it without the receiver", replay), command("Play the case with the receiver", again));
}

/** A command to copy. @param {string} label @param {string} text */
const command = (label, text) => h("div", { class: "command" }, h("span", {}, label), body(text),
  h("button", { "data-click": "copy", "data-text": text, "aria-label": `Copy: ${label}` }, "Copy"));

/** @param {any} found @param {boolean} isOpen */
function caseItem({ case: name, description, verdict, reason, defects, evidence, grounds, responses, differing_copies: copies, requests, probe }, isOpen) {
  return h("li", { class: "row-line" }, h("details", { open: isOpen || verdict === "wrong", "data-key": `case-${name}` },
    h("summary", {}, h("span", { class: `pill ${tone(verdict)}` }, captured(verdict)), " ", h("b", {}, captured(name)), " ", captured(description)),
    defects.map((/** @type {any} */ each) => h("p", { class: "bad" }, captured(`${each?.name}: ${each?.seen}`))),
    reason ? h("p", {}, captured(reason)) : null,
    copies.flatMap(copiesWords).map((/** @type {string} */ words) => h("p", {}, captured(words))),
    h("p", {}, "That this happens is ", captured(evidence), ": ", captured(grounds)),
    pairs({ responses: named(responses), requests: named(requests), ...probe && {
      "probe before": named(probe.before), "with the last response": named(probe.at_once), "in the end": named(probe.later),
    } })));
}

/** In words, each answer to a copy that is not as the first one. @param {any} found @returns {string[]} */
function copiesWords(found) {
  const [first, ...others] = found?.answers ?? [];
  const result = (/** @type {any} */ answer) => `${answer?.error ?? answer?.status}`;
  return others.flatMap((/** @type {any} */ each) =>
    result(each) !== result(first) ? [`${first?.webhook} first got ${result(first)}, and then ${result(each)}`]
      : each?.body !== first?.body ? [`${first?.webhook} first got ${result(each)}, and then ${result(each)} with another body`] : []);
}

/** @param {Record<string, string>} values */
const pairs = (values) => h("dl", { class: "keys" },
  Object.entries(values).map(([name, value]) => [h("dt", {}, name), h("dd", {}, captured(value))]));
