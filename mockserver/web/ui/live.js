// What all views share: the stream of changed calls, the state of its connection, the clock.

import { read } from "./api.js";
import { join } from "./join.js";

/** @typedef {import("./stream.js").Link} Link */

/**
 * Tells of `calls` (detail: changed summaries), `again` (read everything anew), `link`, `clock`.
 */
class Live extends EventTarget {
  /** @type {Link} */
  link = { state: "connecting", since: Date.now(), retryAt: 0, status: 0 };
  /** @type {Record<string, number>} */
  counts = {};
  /** @type {any} */
  clock = null;
  notice = "";
  #leave = () => {};
  #clockTimer = 0;

  get isLive() {
    return this.link.state === "live";
  }

  start() {
    this.#leave();
    this.#leave = join("/events?view=calls", (event) => this.#take(event), (link) => this.#follow(link));
    this.readClock();
  }

  /** @param {import("./stream.js").StreamEvent} event */
  #take({ event, data }) {
    if (event === "calls") {
      this.counts = data.counts;
      this.dispatchEvent(new CustomEvent("calls", { detail: data.calls }));
    } else {
      this.notice = event === "reset"
        ? "The sandbox was reset. This is its new life."
        : `${data?.missed ?? "Some"} entries were skipped. The page has read everything again.`;
      this.#begin();
    }
    this.#readClockSoon();
  }

  /** @param {Link} link */
  #follow(link) {
    const isNew = link.state === "live" && !this.isLive;
    this.link = link;
    this.dispatchEvent(new Event("link"));
    if (isNew) {
      this.#begin();
      this.readClock();
    }
  }

  /** Let everything be read anew; what was counted before may be of another life. */
  #begin() {
    this.counts = {};
    this.dispatchEvent(new Event("again"));
  }

  #readClockSoon() {
    if (this.#clockTimer) return;
    this.#clockTimer = setTimeout(() => {
      this.#clockTimer = 0;
      this.readClock();
    }, 200);
  }

  async readClock() {
    try {
      this.clock = { ...await read("/clock"), readAt: Date.now() };
      this.dispatchEvent(new Event("clock"));
    } catch { /* the banner says that the connection is lost */ }
  }
}

export const live = new Live();
