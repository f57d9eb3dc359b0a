// A list of requests or webhooks beside the one that is chosen; newest first, read in pages.

import { h } from "./dom.js";
import { query, read } from "./api.js";
import { plural } from "./format.js";
import { live } from "./live.js";
import { join } from "./join.js";
import { parseFilter } from "./place.js";
import { place, to, visit } from "./router.js";
import { View } from "./view.js";

const PAGE = 100;

export class ItemList extends View {
  name = ""; // of the list, such as `webhooks`
  noun = "";
  /** @type {string[]} */
  filters = [];
  hint = ""; // in the empty filter
  none = ""; // what is said of an empty list
  /** @type {any[]} */
  items = [];
  total = 0;
  /** @type {any} */
  item = null;
  problem = ""; // of the chosen item
  listProblem = "";
  #limit = PAGE;

  acts = /** @type {Record<string, (target: any, event: Event) => any>} */ ({
    filter: (input) => visit([this.name, ...place().parts], { q: input.value.trim() }, { replace: true }),
    more: () => {
      this.#limit += PAGE;
      this.reload();
    },
  });

  /** @param {AbortSignal} signal */
  start(signal) {
    addEventListener("place", () => this.reloadSoon(), { signal });
    live.addEventListener("again", () => this.reload(), { signal });
    live.addEventListener("link", () => this.update(), { signal });
    signal.addEventListener("abort", join("/events", () => this.reloadSoon()));
    this.reload();
  }

  async load() {
    const { view, parts: [id], query: { q = "" } } = place();
    if (view !== this.name) return;
    try {
      const page = await read(`/${this.name}${query({
        order: "newest", limit: this.#limit, fields: "summary", ...parseFilter(q, this.filters),
      })}`);
      Object.assign(this, { items: page[this.name], total: page.total, listProblem: "" });
    } catch (error) {
      Object.assign(this, { items: [], total: 0, listProblem: /** @type {Error} */ (error).message });
    }
    await this.#loadItem(id);
    await this.loadBeside();
  }

  /** @param {string | undefined} id */
  async #loadItem(id) {
    try {
      this.item = id ? await this.readItem(encodeURIComponent(id)) : null;
      this.problem = "";
    } catch (error) {
      this.item = null;
      this.problem = /** @type {Error} */ (error).message;
    }
  }

  /** Read what the list has beside its items. */
  async loadBeside() {}

  /** @param {string} id @returns {Promise<any>} */
  readItem(id) {
    return read(`/${this.name}/${id}`);
  }

  /** @param {any} _item @returns {import("./dom.js").Child[]} */
  line(_item) {
    return [];
  }

  /** @param {any} _item @returns {import("./dom.js").Child} */
  detail(_item) {
    return null;
  }

  /** @returns {import("./dom.js").Child} */
  above() {
    return null;
  }

  /** What to do where nothing is shown. @param {string | undefined} id */
  #hint(id) {
    if (id || this.problem || this.listProblem) return null;
    const text = this.items.length ? `Choose a ${this.noun.toLowerCase()} to see all of it.` : this.none;
    return h("p", { class: "muted" }, text);
  }

  content() {
    const { parts: [id], query: { q = "" } } = place();
    return [
      h("h1", {}, `${this.noun}s`),
      h("div", { class: "columns" },
        h("section", { "aria-label": `list of ${this.noun.toLowerCase()}s` },
          h("input", {
            type: "search", "data-input": "filter", placeholder: this.hint, value: q,
            "aria-label": `filter ${this.noun.toLowerCase()}s`,
          }),
          this.listProblem ? h("p", { class: "bad" }, this.listProblem)
            : h("p", { class: "muted small" }, plural(this.total, this.noun.toLowerCase())),
          this.above(),
          h("ol", { class: "plain" }, this.items.map((item) =>
            h("li", { class: "row-line row", "data-key": item.id },
              h("a", { href: to(`${this.name}/${item.id}${location.search}`), "aria-current": item.id === id && "true" },
                this.line(item))))),
          this.items.length < this.total ? h("button", { "data-click": "more" }, "Show older ones") : null),
        h("section", { "aria-label": this.noun.toLowerCase(), "data-key": `detail-${id ?? ""}` },
          this.problem ? h("p", { class: "bad" }, this.problem) : null,
          this.item ? this.detail(this.item) : this.#hint(id))),
    ];
  }
}
