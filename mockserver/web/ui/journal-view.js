// The journal: all that happened in the sandbox, the newest first.

import { body, captured, h } from "./dom.js";
import { query, read } from "./api.js";
import { clockTime } from "./format.js";
import { download } from "./download.js";
import { join } from "./join.js";
import { live } from "./live.js";
import { chooser, takeFiles } from "./opened-file.js";
import { report } from "./report.js";
import { place, to, visit } from "./router.js";
import { View } from "./view.js";

const PAGE = 200;
const FIELDS_ABOVE = new Set(["id", "at", "type", "call"]);

export class JournalView extends View {
  /** @type {any[]} */
  entries = [];
  #limit = PAGE;

  acts = {
    filter: (/** @type {any} */ input) => visit(["journal"], { ...place().query, q: input.value }, { replace: true }),
    more: () => {
      this.#limit += PAGE;
      this.reload();
    },
    newest: () => visit(["journal"], { q: place().query.q ?? "" }),
    journal: (/** @type {HTMLElement} */ button) => report(button, () => download("/journal?format=jsonl", "journal.jsonl")),
    har: (/** @type {HTMLElement} */ button) => report(button, () => download("/har", "requests.har")),
    inputs: (/** @type {HTMLElement} */ button) => report(button, () => download("/inputs", "run.jsonl")),
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    takeFiles(this, signal);
    addEventListener("place", () => this.reload(), { signal });
    live.addEventListener("again", () => this.reload(), { signal });
    signal.addEventListener("abort", join("/events", () => this.reloadSoon()));
    this.reload();
  }

  async load() {
    if (place().view !== "journal") return;
    this.entries = await this.#readEntries();
    this.problem = "";
  }

  /** Read the newest entries, up to the one that the address has. */
  async #readEntries() {
    const last = Number(place().query.from) || Infinity;
    const page = { order: "newest", limit: this.#limit };
    const { entries, evicted } = await read(`/journal${query(page)}`);
    if (!entries.length || last >= entries[0].id) return entries;
    return last > evicted ? (await read(`/journal${query({ ...page, after: last + 1 })}`)).entries : [];
  }

  content() {
    const { query: { q = "", from = "" } } = place();
    const shown = this.entries.filter((entry) => matches(entry, q));
    return [
      h("header", { class: "object-head" }, h("h1", {}, "Journal"),
        h("div", { class: "acts", "data-reports": true },
          h("button", { "data-click": "journal" }, "Export .jsonl"),
          h("button", { "data-click": "har" }, "Export .har"),
          h("button", { "data-click": "inputs" }, "Export for replay"))),
      h("input", { type: "search", "data-input": "filter", value: q, placeholder: "webhook, c7, 422 ...", "aria-label": "filter the journal" }),
      Number(from) ? h("p", {}, `Up to entry ${from}. `, h("button", { "data-click": "newest" }, "Show the newest")) : null,
      this.problem ? h("p", { class: "bad" }, this.problem) : null,
      h("ol", { class: "plain" }, shown.map((entry) => h("li", { class: "row-line", "data-key": `j${entry.id}` }, entryLine(entry, PATHS)))),
      this.entries.length >= this.#limit ? h("button", { "data-click": "more" }, "Show older ones") : null,
      chooser(),
    ];
  }
}

const PATHS = { call: (/** @type {string} */ id) => to(`calls/${id}`), request: (/** @type {string} */ id) => to(`requests/${id}`) };

/** @type {Record<string, (entry: any) => string>} type -> what its line says */
const WORDS = {
  request: ({ request, method, operation, path, status, fault }) =>
    [request, operation ?? `${method} ${path}`, status ?? "no answer", fault].filter(Boolean).join(" "),
  event: ({ event, leg, digits, words, cause }) => [leg, event, digits, words, cause].filter(Boolean).join(" "),
  "delivery-attempt": ({ webhook, kind, number, status, error, state }) =>
    `${webhook} ${kind}, attempt ${number}: ${status ?? error}, ${state}`,
  received: ({ inbox, method, status }) => `inbox ${inbox}, ${method}, answered ${status}`,
  "activation-used-up": ({ scenario, request }) => `${scenario}, by ${request}`,
  command: ({ method, path }) => `${method} ${path}`,
  error: ({ error }) => error,
};

/** Whether an entry has a text somewhere, in any case. @param {any} entry @param {string} text */
export const matches = (entry, text) => JSON.stringify(entry).toLowerCase().includes(text.toLowerCase());

/**
 * A line with the rest of the entry below it, and links to what it names.
 * @param {any} entry @param {{call: (id: string) => string, request?: (id: string) => string}} paths @param {boolean} [isOpen]
 */
export function entryLine(entry, paths, isOpen = false) {
  const { id, at, type, call } = entry;
  const rest = Object.fromEntries(Object.entries(entry).filter(([name]) => !FIELDS_ABOVE.has(name)));
  const words = WORDS[type]?.(rest) ?? rest.event ?? rest.kind ?? rest.operation ?? rest.reason ?? "";
  return h("details", { open: isOpen }, h("summary", {},
    h("span", { class: "time" }, `${id} ${clockTime(at)} `), h("b", {}, type), " ", captured(words), " ", call ?? ""),
  call ? h("p", {}, h("a", { href: paths.call(call) }, `Call ${call}`)) : null,
  paths.request && rest.request ? h("p", {}, h("a", { href: paths.request(rest.request) }, `Request ${rest.request}`)) : null,
  body(rest));
}
