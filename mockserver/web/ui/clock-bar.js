// The virtual clock: what time it is, how it runs, and what moves it.

import { h } from "./dom.js";
import { ask } from "./api.js";
import { between, distance, fullTime, plural } from "./format.js";
import { live } from "./live.js";
import { report } from "./report.js";
import { View } from "./view.js";

const MODES = ["real", "60x", "manual", "instant"];

const ENDS = /** @type {Record<string, string>} */ ({
  person: "It waits for a person.",
  limit: "It stopped at the limit of one advance.",
  reset: "The sandbox was reset meanwhile.",
});

export class ClockBar extends View {
  isBusy = false;
  end = ""; // why the last advance ended before its time

  acts = {
    mode: (/** @type {any} */ select) => report(select, async () => {
      await ask("PUT", "/clock", { mode: select.value });
      await live.readClock();
    }),
    by: (/** @type {HTMLElement} */ button) => this.advance(button, { by: button.dataset.by }),
    next: (/** @type {HTMLElement} */ button) => this.advance(button, { until: "next" }),
    idle: (/** @type {HTMLElement} */ button) => this.advance(button, { until: "idle" }),
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    const update = () => this.update();
    live.addEventListener("clock", update, { signal });
    live.addEventListener("link", update, { signal });
    const timer = setInterval(() => this.#isRunning() && this.update(), 500);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  #isRunning() {
    return live.clock && live.clock.mode !== "manual";
  }

  /** @param {HTMLElement} button @param {object} target */
  async advance(button, target) {
    if (this.isBusy) return;
    this.isBusy = true;
    this.update();
    this.end = "";
    await report(button, async () => {
      this.end = ENDS[(await ask("POST", "/clock/advance", target)).stop_reason] ?? "";
    });
    this.isBusy = false;
    await live.readClock();
    this.update();
  }

  /** The time now: a running clock goes on from where it was read. */
  #now() {
    const { now, mode, readAt } = live.clock;
    const rate = mode === "real" ? 1 : Number.parseFloat(mode) || 0;
    const passed = rate && live.isLive ? (Date.now() - readAt) * rate : 0;
    return new Date(Date.parse(now) + passed).toISOString();
  }

  content() {
    if (!live.clock) return [];
    const { mode, pending, next_at: next, while: whileOn } = live.clock;
    const isOff = this.isBusy || !live.isLive;
    const button = (/** @type {string} */ act, /** @type {string} */ label, /** @type {Record<string, any>} */ more = {}) =>
      h("button", { "data-click": act, "data-acting": true, disabled: isOff, "data-key": more["data-by"] ?? act, ...more }, label);
    const now = this.#now();
    return [
      h("label", { class: "mode" }, "Clock ",
        h("select", { "data-change": "mode", "data-value": mode, disabled: isOff, "aria-label": "how the clock runs" },
          [...new Set([...MODES, mode])].map((each) => h("option", { value: each, selected: each === mode }, each)))),
      h("time", { class: "now", datetime: now }, `${fullTime(now).slice(0, 19)} UTC`),
      button("by", "+10 s", { "data-by": "10s" }), button("by", "+1 min", { "data-by": "1m" }),
      button("next", next ? `To next (${distance(Math.max(0, between(now, next)))})` : "To next", { disabled: isOff || !next }),
      button("idle", "Until idle"),
      h("span", { class: "muted" }, this.isBusy ? "The clock advances ..." : `${plural(pending, "step")} pending. ${this.end}`),
      whileOn ? h("span", { class: "pill ok" }, "runs while you phone") : null,
    ];
  }
}
