// The list of calls: newest first, of any length, with only the visible rows on the page.

import { h } from "./dom.js";
import { query, read } from "./api.js";
import { callTone, clockTime, callWord, idNumber, plural } from "./format.js";
import { live } from "./live.js";
import { parseFilter } from "./place.js";
import { place, to, visit } from "./router.js";
import { View } from "./view.js";

const ROW = 56; // px
const SPARE = 6; // rows beyond the visible ones
const PAGE = 200; // summaries that are read at once
const FILTERS = ["state", "outcome", "provider"];

export class CallList extends View {
  /** @type {any[]} newest first */
  calls = [];
  total = 0;
  fresh = 0;
  #typing = 0;
  #isReading = false;
  #scroller = /** @type {HTMLElement | null} */ (null);

  acts = {
    filter: (/** @type {any} */ input) => this.#filter(input.value),
    top: () => {
      this.fresh = 0;
      this.#scroller?.scrollTo({ top: 0 });
      this.update();
    },
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    live.addEventListener("again", () => this.reload(), { signal });
    live.addEventListener("calls", (event) => this.#take(/** @type {CustomEvent} */ (event).detail), { signal });
    addEventListener("place", () => this.#move(), { signal });
    addEventListener("resize", () => this.update(), { signal });
    this.addEventListener("scroll", () => this.#scroll(), { signal, capture: true });
    signal.addEventListener("abort", () => clearTimeout(this.#typing));
    this.#query = place().query.q ?? "";
    this.reload();
  }

  #query = "";

  #move() {
    const { view, query: { q = "" } } = place();
    if (view === "calls" && q !== this.#query) {
      this.#query = q;
      this.reload();
    }
    this.update();
  }

  /** @param {string} text */
  #filter(text) {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#query = text.trim();
      visit(["calls", ...place().parts], { q: this.#query }, { replace: true });
      this.reload();
    }, 150);
  }

  /** Read the newest calls. */
  async load() {
    const page = await this.#page({});
    this.calls = page.calls;
    this.total = page.total ?? page.calls.length;
    this.problem = "";
  }

  /** @param {Record<string, string>} more */
  #page(more) {
    return read(`/calls${query({
      order: "newest", fields: "summary", limit: PAGE, ...parseFilter(this.#query, FILTERS), ...more,
    })}`);
  }

  /** Read the calls before the oldest one that is known. */
  async #loadOlder() {
    if (this.#isReading || this.calls.length >= this.total) return;
    this.#isReading = true;
    const oldest = this.calls.at(-1).id;
    const page = await this.#page({ after: oldest }).catch(() => ({ calls: [] }));
    if (this.calls.at(-1)?.id === oldest) this.calls.push(...page.calls);
    this.#isReading = false;
    this.update();
  }

  /** Take in summaries that have changed. @param {any[]} changed */
  #take(changed) {
    if (this.#query) {
      this.reloadSoon();
      return;
    }
    const byId = new Map(changed.map((call) => [call.id, call]));
    this.calls = this.calls.map((call) => byId.get(call.id) ?? call);
    const newest = this.calls.length ? idNumber(this.calls[0].id) : 0;
    const added = changed.filter((call) => idNumber(call.id) > newest)
      .sort((one, other) => idNumber(other.id) - idNumber(one.id));
    this.#add(added);
    this.total = live.counts.total ?? this.total;
    this.update();
  }

  /** Rows never jump: who has scrolled sees a button instead. @param {any[]} added */
  #add(added) {
    if (!added.length) return;
    this.calls = [...added, ...this.calls];
    if (!this.#scroller?.scrollTop) return;
    this.fresh += added.length;
    this.#scroller.scrollTop += added.length * ROW;
  }

  #scroll() {
    if (!this.#scroller?.scrollTop) this.fresh = 0;
    const first = this.#window()[1];
    if (first + 50 > this.calls.length) this.#loadOlder();
    this.update();
  }

  /** @returns {[number, number]} the first row that is built, and the one behind the last */
  #window() {
    const { scrollTop = 0, clientHeight = 600 } = this.#scroller ?? {};
    const first = Math.max(0, Math.floor(scrollTop / ROW) - SPARE);
    return [first, Math.min(this.calls.length, first + Math.ceil(clientHeight / ROW) + 2 * SPARE)];
  }

  content() {
    this.#scroller = this.querySelector(".scroller");
    document.body.toggleAttribute("data-empty", !this.total && !this.#query);
    const [first, end] = this.#window();
    const chosen = place().view === "calls" ? place().parts[0] : "";
    return [
      h("div", { class: "list-head" },
        h("input", {
          type: "search", id: "filter", placeholder: "state:ringing, a number ...", "data-input": "filter", value: this.#query,
          "aria-label": "filter calls", "data-key": "filter",
        }),
        h("p", { class: "muted small" }, this.#query ? `${plural(this.total, "call")} of this filter` : plural(this.total, "call")),
        this.fresh ? h("button", { "data-click": "top", class: "fresh" }, `${this.fresh} new`) : null),
      this.problem ? h("p", { class: "bad" }, this.problem) : null,
      h("div", { class: "scroller", "data-key": "scroller", tabindex: "-1" },
        h("div", { class: "rows", height: this.calls.length * ROW, role: "list" },
          this.calls.slice(first, end).map((call, index) =>
            callRow(call, first + index, this.total, call.id === chosen)))),
    ];
  }
}

/** @param {any} call @param {number} index @param {number} total @param {boolean} isChosen */
function callRow(call, index, total, isChosen) {
  const failing = call.webhook_states?.failed;
  const numbers = Object.values(call.numbers ?? {}).filter(Boolean).join(" to ");
  return h("div", {
    class: "row", role: "listitem", "data-key": call.id, top: index * ROW,
    "aria-setsize": total, "aria-posinset": index + 1,
  }, h("a", { href: to(`calls/${call.id}`), "aria-current": isChosen && "true" },
    h("b", {}, call.id), " ", h("span", { class: `pill ${callTone(call)}` }, callWord(call)), " ",
    failing ? h("span", { class: "pill bad" }, "hook failing") : null,
    h("span", { class: "when" }, clockTime(call.created_at)),
    h("span", { class: "second" }, call.provider, " ", h("bdi", {}, numbers), " ",
      h("span", { class: "muted" }, (call.scenarios ?? []).join(", ")))));
}
