// Draws a ladder: a list of rows, each with its time, its distance and its arrow between lanes.

import { h } from "./dom.js";
import { clockTime } from "./format.js";
import { ladderRows, lanes } from "./ladder.js";
import { to } from "./router.js";

const MIDDLE = 21; // px from above, where the arrow of a row runs

/**
 * @param {any} call @param {any[]} requests @param {any[]} webhooks
 * @param {(opens: string) => string} [pathOf] the path of what a row opens, such as `webhooks/w3`
 */
export function ladder(call, requests, webhooks, pathOf = to) {
  const columns = lanes(call);
  const places = new Map(columns.map((lane, index) => [lane.name, at(index, columns.length)]));
  const rows = ladderRows(call, requests, webhooks);
  return h("section", { class: "ladder", "aria-label": "ladder diagram" },
    h("div", { class: "lanes" }, columns.map((lane) =>
      h("div", { class: "lane" }, h("b", {}, lane.label), h("span", { class: "number" }, lane.number)))),
    h("ol", { class: "rungs" }, rows.map((row) => rung(row, columns, places, pathOf))));
}

/** @param {number} index @param {number} count */
const at = (index, count) => ((index + 0.5) / count) * 100;

/**
 * @param {import("./ladder.js").Row} row @param {import("./ladder.js").Lane[]} columns
 * @param {Map<string, number>} places @param {(opens: string) => string} pathOf
 */
function rung(row, columns, places, pathOf) {
  const time = [
    h("span", { class: "time" }, clockTime(row.at)),
    h("span", { class: "since" }, row.since),
    row.from ? h("span", { class: "unseen" }, `${row.from} to ${row.to}: `) : null,
  ];
  const drawn = row.type === "arrow" ? arrow(row, places) : [];
  const content = [
    ...time,
    h("span", { class: "track" },
      h("svg", { "aria-hidden": "true", class: "drawing" }, columns.map((lane) => laneLine(lane, row, places)), drawn),
      label(row, places)),
  ];
  return h("li", { class: `rung ${row.type} ${row.tone}`, "data-key": row.key },
    row.opens ? h("a", { href: pathOf(row.opens) }, content)
      : h("div", { class: "still" }, content));
}

/** @param {import("./ladder.js").Lane} lane @param {import("./ladder.js").Row} row @param {Map<string, number>} places */
function laneLine(lane, row, places) {
  const x = `${places.get(lane.name)}%`;
  const state = row.bars?.[lane.name] ?? "";
  return h("line", { class: `lane-line ${state}`, x1: x, x2: x, y1: "0", y2: "100%" });
}

/** @param {import("./ladder.js").Row} row @param {Map<string, number>} places */
function arrow(row, places) {
  const [from, to] = [places.get(row.from ?? "") ?? 0, places.get(row.to ?? "") ?? 0];
  const head = to > from ? "M0 0l-8-4v8z" : "M0 0l8-4v8z";
  return [
    h("line", {
      class: `arrow-line${row.isDashed ? " dashed" : ""}`,
      x1: `${from}%`, x2: `${to}%`, y1: MIDDLE, y2: MIDDLE,
    }),
    h("svg", { x: `${to}%`, y: MIDDLE, overflow: "visible" }, h("path", { class: "head", d: head })),
  ];
}

/** The words of an arrow stand at its left end. @param {import("./ladder.js").Row} row @param {Map<string, number>} places */
function label(row, places) {
  const ends = [places.get(row.from ?? ""), places.get(row.to ?? "")].filter((each) => each !== undefined);
  const left = ends.length ? Math.min(.../** @type {number[]} */ (ends)) : (places.get("vendor") ?? 0);
  const element = h("bdi", { class: "words" }, row.words);
  element.style.left = `calc(${left}% + 10px)`;
  return element;
}
