// A file, which is only shown: a journal with the ladders of its calls and its entries, or the report of an ordeal.

import { captured, h } from "./dom.js";
import { copy } from "./copy.js";
import { callTone, callWord, clockTime, fullTime } from "./format.js";
import { entryLine, matches } from "./journal-view.js";
import { ladder } from "./ladder-view.js";
import { chooser, opened, servedName, takeFiles } from "./opened-file.js";
import { ordealContent } from "./ordeal-view.js";
import { place, to, visit } from "./router.js";
import { View } from "./view.js";

const PAGE = 200; // calls or entries that are shown at once

/** @param {string[]} parts */
const pathOf = (...parts) => to(["file", ...parts].map(encodeURIComponent).join("/"));

export class FileView extends View {
  #limit = PAGE;

  acts = {
    filter: (/** @type {any} */ input) => visit(["file", ...place().parts], { q: input.value }, { replace: true }),
    more: () => {
      this.#limit += PAGE;
      this.update();
    },
    copy: (/** @type {HTMLElement} */ button) => copy(button.dataset.text ?? "", button),
    close: () => {
      opened.file = opened.ordeal = null;
      visit(["journal"]);
    },
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    addEventListener("place", () => this.update(), { signal });
    if (!servedName) takeFiles(this, signal);
  }

  content() {
    const { parts: [id, item] } = place();
    if (opened.ordeal) return [head("Ordeal", opened.ordeal.name), ordealContent(opened.ordeal, pathOf, id), servedName ? null : chooser()];
    if (!opened.file) return [h("h1", {}, "No file is open"), chooser()];
    return id ? this.#call(id, item) : this.#outline();
  }

  /** All that is in the file. */
  #outline() {
    const { name, heading, entries, calls } = /** @type {import("./journal-file.js").JournalFile} */ (opened.file);
    const { query: { q = "" } } = place();
    const isShown = (/** @type {any} */ entry) => matches(entry, q);
    const shown = entries.filter(isShown);
    const shownCalls = calls.filter((each) => each.entries.some(isShown));
    const isCut = Math.max(shown.length, shownCalls.length) > this.#limit;
    return [
      head("File", name),
      h("p", {}, "Sandbox ", captured(heading.sandbox), ", seed ", captured(heading.seed),
        `, began at ${fullTime(heading.start_at)}. It can only be read. `,
        heading.evicted ? `Older entries, which had been evicted: ${heading.evicted}.` : null),
      h("input", { type: "search", "data-input": "filter", value: q, placeholder: "webhook, c7, 422 ...", "aria-label": "filter the file" }),
      h("h2", {}, `Calls (${shownCalls.length})`),
      h("ol", { class: "plain", "data-key": "calls" }, shownCalls.slice(0, this.#limit).map(callLine)),
      h("h2", {}, `Entries (${shown.length})`),
      h("ol", { class: "plain", "data-key": "entries" }, shown.slice(0, this.#limit).map((entry) => entryItem(entry, false))),
      isCut ? h("button", { "data-click": "more" }, "Show more") : null,
      servedName ? null : chooser(),
    ];
  }

  /** One call; below its ladder the entries of the webhook or request that is chosen, else all. @param {string} id @param {string} [item] */
  #call(id, item) {
    const found = opened.file?.calls.find(({ call }) => call.id === id);
    const back = h("a", { class: "button", href: pathOf() }, "All of the file");
    if (!found) return [h("h1", {}, "Call ", captured(id)), h("p", { class: "bad" }, "This call is not in the file."), back];
    const { call, requests, webhooks } = found;
    const entries = item ? found.entries.filter((entry) => [entry.request, entry.webhook].includes(item)) : found.entries;
    return [
      h("header", { class: "object-head" }, h("h1", {}, "Call ", captured(id), " ", pill(call)), h("div", { class: "acts" }, back)),
      h("p", { class: "outline" }, captured(`${call.provider} ${call.operation}, placed ${fullTime(call.created_at)}`)),
      ladder(call, requests, webhooks, (opens) => pathOf(id, opens.slice(opens.indexOf("/") + 1))),
      h("h2", {}, item ? ["Entries of ", captured(item), " ", h("a", { class: "button", href: pathOf(id) }, "All of the call")] : "Entries"),
      h("ol", { class: "plain", "data-key": `entries-${item ?? ""}` },
        entries.slice(0, this.#limit).map((entry) => entryItem(entry, Boolean(item)))),
      entries.length > this.#limit ? h("button", { "data-click": "more" }, "Show more") : null,
    ];
  }
}

/** @param {string} noun @param {string} name */
const head = (noun, name) => h("header", { class: "object-head" }, h("h1", {}, `${noun} `, captured(name)),
  servedName ? null : h("button", { "data-click": "close" }, "Close the file"));

/** @param {any} call */
const pill = (call) => h("span", { class: `pill ${callTone(call)}` }, callWord(call));

/** @param {import("./journal-file.js").FileCall} found */
function callLine({ call }) {
  return h("li", { class: "row" }, h("a", { href: pathOf(call.id) },
    h("b", {}, call.id), " ", pill(call), " ", h("span", { class: "when" }, clockTime(call.created_at)),
    h("span", { class: "second" }, captured(`${call.provider} ${call.legs.map((/** @type {any} */ leg) => leg.number).join(" to ")}`))));
}

/** @param {any} entry @param {boolean} isOpen */
const entryItem = (entry, isOpen) => h("li", { class: "row-line" }, entryLine(entry, { call: pathOf }, isOpen));
