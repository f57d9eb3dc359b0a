// The scenarios that can play, and those that are active.

import { body, captured, h } from "./dom.js";
import { ask, read } from "./api.js";
import { plural } from "./format.js";
import { join } from "./join.js";
import { live } from "./live.js";
import { report } from "./report.js";
import { place, to, visit } from "./router.js";
import { View } from "./view.js";

const CHANGES = new Set(["request", "command", "activation-used-up"]); // entries after which it is read again
const MAX_USED_UP = 3;

export class ScenarioView extends View {
  /** @type {any[]} */
  scenarios = [];
  /** @type {any[]} */
  activations = [];
  /** @type {any} */
  chosen = null;
  /** @type {any[]} the activations that were used up while this was shown, the newest first */
  usedUp = [];

  acts = {
    search: (/** @type {any} */ input) => visit(["scenarios", ...place().parts], { q: input.value }, { replace: true }),
    once: (/** @type {HTMLElement} */ button) => this.#activate(button, { times: 1 }),
    always: (/** @type {HTMLElement} */ button) => this.#activate(button, {}),
    end: (/** @type {HTMLElement} */ button) => report(button, async () => {
      await ask("DELETE", `/activations/${button.dataset.id}`);
      await this.reload();
    }),
    clear: (/** @type {HTMLElement} */ button) => report(button, async () => {
      await ask("DELETE", "/activations");
      await this.reload();
    }),
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    addEventListener("place", () => this.reload(), { signal });
    live.addEventListener("again", () => this.reload(), { signal });
    signal.addEventListener("abort", join("/events", ({ event, data }) => {
      if (event === "activation-used-up") this.usedUp = [data, ...this.usedUp].slice(0, MAX_USED_UP);
      if (CHANGES.has(event)) this.reloadSoon();
    }));
    this.reload();
  }

  async load() {
    const { view, parts: [name] } = place();
    if (view !== "scenarios") return;
    const [{ scenarios }, { activations }] = await Promise.all([read("/scenarios"), read("/activations")]);
    Object.assign(this, { scenarios, activations, chosen: null, problem: "" });
    if (name) this.chosen = await read(`/scenarios/${encodeURIComponent(name)}`);
  }

  /** @param {HTMLElement} button @param {object} more */
  #activate(button, more) {
    return report(button, async () => {
      await ask("POST", "/activations", { scenario: button.dataset.name, ...more });
      await this.reload();
    });
  }

  content() {
    const { parts: [name], query: { q = "" } } = place();
    const found = this.scenarios.filter((each) =>
      `${each.name} ${each.description}`.toLowerCase().includes(q.toLowerCase()));
    return [
      h("h1", {}, "Scenarios"),
      this.activations.length ? this.#active() : null,
      this.usedUp.map(({ id, scenario, request }) => h("p", { "data-key": `used-${id}`, role: "status" },
        h("b", {}, scenario), " is used up, by ", h("a", { href: to(`requests/${request}`) }, `request ${request}`), ".")),
      this.problem ? h("p", { class: "bad" }, this.problem) : null,
      h("div", { class: "columns" },
        h("section", { "aria-label": "list of scenarios" },
          h("input", { type: "search", "data-input": "search", value: q, placeholder: "a name, a word ...", "aria-label": "search scenarios" }),
          h("p", { class: "muted small" }, plural(found.length, "scenario")),
          h("ol", { class: "plain" }, found.map((each) => h("li", { class: "row-line row", "data-key": each.name },
            h("a", { href: to(`scenarios/${encodeURIComponent(each.name)}${location.search}`), "aria-current": each.name === name && "true" },
              h("b", {}, each.name), h("span", { class: "second" }, each.description)))))),
        h("section", { "aria-label": "scenario" }, this.chosen ? detail(this.chosen)
          : name ? null : h("p", { class: "muted" }, "Choose a scenario to see what it does, and to activate it."))),
    ];
  }

  #active() {
    return h("section", { "aria-label": "active scenarios", "data-reports": true, class: "hears" },
      h("h2", {}, "Active"),
      this.activations.map(({ id, scenario, remaining }) => h("p", { "data-key": `active-${id}` },
        h("b", {}, scenario), remaining === null ? " for all requests " : ` for the next ${plural(remaining, "request")} `,
        h("button", { "data-click": "end", "data-id": id, "data-acting": true, "aria-label": `end ${scenario}` }, "End"))),
      h("button", { "data-click": "clear", "data-acting": true }, "End all"));
  }
}

/** @param {any} scenario */
function detail({ name, description, file, line, needs, yaml, source, parts, operations }) {
  const own = parts?.[0] ?? {};
  const needed = Object.entries(needs ?? own.needs ?? {});
  const sites = [...new Set((operations ?? []).map((/** @type {any} */ each) => `${each.provider} ${each.operation}`))];
  const text = yaml ?? source;
  return [
    h("h2", {}, captured(name)), h("p", {}, captured(description)),
    h("p", { class: "small muted" }, captured(`${file}, line ${line}`)),
    h("div", { class: "acts", "data-reports": true },
      h("button", { "data-click": "once", "data-name": name, "data-acting": true }, "Next request"),
      h("button", { "data-click": "always", "data-name": name, "data-acting": true }, "All requests"),
      h("a", { class: "button", href: to(`try?scenario=${encodeURIComponent(name)}`) }, "Try it")),
    needed.length ? h("p", {}, "Needs: ", captured(needed.map(([key, value]) => `${key} ${value}`).join(", "))) : null,
    h("p", {}, "Can play on: ", sites.join(", ") || "nothing that is loaded"),
    text ? [h("h3", {}, "As written"), body(text)] : [h("h3", {}, "Legs"), body(own.legs ?? {})],
  ];
}
