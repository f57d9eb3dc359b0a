// The sandboxes of the server: what is in each, and how to make, reset and delete one.

import { captured, h } from "./dom.js";
import { ask, read } from "./api.js";
import { fullTime, plural } from "./format.js";
import { live } from "./live.js";
import { report } from "./report.js";
import { View } from "./view.js";

const DEFAULT = "default";

/** @param {string} name */
const pageOf = (name) => (name === DEFAULT ? "/_mock/ui/" : `/_sandbox/${encodeURIComponent(name)}/_mock/ui/`);

export class SandboxView extends View {
  /** @type {any[]} */
  sandboxes = [];
  /** @type {string} the act and the sandbox that wait for a yes */
  asked = "";

  acts = {
    make: (/** @type {any} */ form) => {
      const { name, clock } = Object.fromEntries(new FormData(form));
      return report(form, async () => {
        await ask("PUT", `/sandboxes/${encodeURIComponent(String(name))}`, { clock });
        await this.reload();
      });
    },
    ask: (/** @type {HTMLElement} */ button) => {
      this.asked = button.dataset.asks ?? "";
      this.update();
    },
    no: () => {
      this.asked = "";
      this.update();
    },
    reset: (/** @type {HTMLElement} */ button) => this.#change(button, "POST",
      `${pageOf(button.dataset.name ?? "").replace("ui/", "reset")}`),
    remove: (/** @type {HTMLElement} */ button) => this.#change(button, "DELETE",
      `/_mock/sandboxes/${encodeURIComponent(button.dataset.name ?? "")}`),
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    for (const type of ["calls", "again"]) live.addEventListener(type, () => this.reload(), { signal });
    this.reload();
  }

  /** @param {HTMLElement} button @param {string} method @param {string} path */
  #change(button, method, path) {
    return report(button, async () => {
      await ask(method, path);
      this.asked = "";
      await this.reload();
    });
  }

  async load() {
    this.sandboxes = (await read("/sandboxes")).sandboxes;
    this.problem = "";
  }

  content() {
    const heads = ["sandbox", "state", "calls", "clock", "now", "seed", "acts"];
    return [
      h("h1", {}, "Sandboxes"), this.problem ? h("p", { class: "bad" }, this.problem) : null,
      h("div", { class: "wide" }, h("table", {},
        h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
        h("tbody", {}, this.sandboxes.map((each) => this.#row(each))))),
      h("h2", {}, "New sandbox"),
      h("form", { class: "acts", "data-submit": "make", "data-reports": true },
        h("label", {}, "name ", h("input", { name: "name", required: true, pattern: "[A-Za-z0-9._\\-]+" })),
        h("label", {}, "clock ", h("select", { name: "clock" }, ["manual", "real", "60x", "instant"].map((mode) => h("option", {}, mode)))),
        h("button", { "data-acting": true }, "Make")),
    ];
  }

  /** @param {any} sandbox */
  #row({ name, state, detail, calls, clock, now, seed }) {
    return h("tr", { "data-key": `sandbox-${name}` },
      h("td", {}, h("a", { href: pageOf(name), "data-leave": true }, captured(name))),
      h("td", {}, state, detail ? h("p", { class: "bad" }, captured(detail)) : null),
      h("td", {}, calls), h("td", {}, clock), h("td", {}, fullTime(now).slice(0, 19)), h("td", {}, captured(seed)),
      h("td", { "data-reports": true }, this.#acts(name, calls)));
  }

  /** @param {string} name @param {number} calls */
  #acts(name, calls) {
    const [act, asked] = this.asked.split(/ (.*)/s);
    if (asked === name) {
      const label = act === "reset" ? "Reset" : "Delete";
      return h("div", { class: "acts" }, `This ends ${plural(calls, "call")} and all webhooks of ${name}. `,
        h("button", { "data-click": act, "data-name": name, "data-acting": true }, label),
        h("button", { "data-click": "no" }, "Keep it"));
    }
    return h("div", { class: "acts" },
      h("button", { "data-click": "ask", "data-asks": `reset ${name}` }, "Reset ..."),
      name === DEFAULT ? null : h("button", { "data-click": "ask", "data-asks": `remove ${name}` }, "Delete ..."));
  }
}
