// Reads an event stream of the control API, and resumes it after a break.

const PAUSES = [1, 2, 4, 8, 15]; // seconds before the next tries
const SILENCE = 30_000; // ms without a beat after which the connection counts as lost

/** @typedef {{event: string, id: string, data: any}} StreamEvent */
/** @typedef {{state: "connecting" | "live" | "lost" | "refused", since: number, retryAt: number, status: number}} Link */

/**
 * Split what has come into events, and return the rest, which is incomplete.
 * @param {string} text
 * @returns {{events: StreamEvent[], rest: string}}
 */
export function parseEvents(text) {
  const blocks = text.split("\n\n");
  const rest = blocks.pop() ?? "";
  return { events: blocks.map(parseBlock), rest };
}

/** @param {string} block @returns {StreamEvent} */
function parseBlock(block) {
  /** @type {Record<string, string>} */
  const fields = {};
  for (const line of block.split("\n")) {
    const colon = line.indexOf(": ");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
  }
  const data = fields.data === undefined ? null : JSON.parse(fields.data);
  return { event: fields.event ?? "", id: fields.id ?? "", data };
}

/** One stream, which is kept up until `close`. */
export class EventStream {
  #last = "";
  #tries = 0;
  #abort = new AbortController();
  #isClosed = false;
  isEnded = false; // whether it has been closed, or refused for good

  /**
   * @param {string} url
   * @param {Record<string, string>} headers
   * @param {(event: StreamEvent) => void} onEvent
   * @param {(link: Link) => void} onLink
   */
  constructor(url, headers, onEvent, onLink) {
    this.url = url;
    this.headers = headers;
    this.onEvent = onEvent;
    this.onLink = onLink;
    /** @type {Link} */
    this.link = { state: "connecting", since: Date.now(), retryAt: 0, status: 0 };
    this.#run();
  }

  close() {
    this.#isClosed = true;
    this.#abort.abort();
  }

  async #run() {
    await this.#keepUp();
    this.isEnded = true;
  }

  async #keepUp() {
    while (!this.#isClosed) {
      const status = await this.#read().catch(() => 0);
      if (this.#isClosed) return;
      const isRefused = status >= 400 && status < 500;
      if (isRefused) this.#tell("refused", 0, status);
      if (isRefused && status !== 404) return;
      const pause = PAUSES[Math.min(this.#tries, PAUSES.length - 1)] * 1000;
      this.#tries += 1;
      if (!isRefused) this.#tell("lost", Date.now() + pause, status);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Read until the connection ends; return the status of a refusal, else 0. */
  async #read() {
    this.#abort = new AbortController();
    /** @type {Record<string, string>} */
    const resumed = this.#last ? { "last-event-id": this.#last } : {};
    const response = await fetch(this.url, {
      headers: { ...this.headers, ...resumed }, signal: this.#abort.signal, cache: "no-store",
    });
    if (!response.ok || !response.body) return response.status;
    this.#tries = 0;
    this.#tell("live", 0, 200);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let watch = 0;
    for (;;) {
      clearTimeout(watch);
      watch = setTimeout(() => this.#abort.abort(), SILENCE);
      const { value, done } = await reader.read().finally(() => clearTimeout(watch));
      if (done) return 0;
      const parsed = parseEvents(rest + value);
      rest = parsed.rest;
      for (const event of parsed.events) this.#take(event);
    }
  }

  /** @param {StreamEvent} event */
  #take(event) {
    if (event.id) this.#last = event.id;
    if (event.event) this.onEvent(event);
  }

  /** @param {Link["state"]} state @param {number} retryAt @param {number} status */
  #tell(state, retryAt, status) {
    const since = state === this.link.state ? this.link.since : Date.now();
    this.link = { state, since, retryAt, status };
    this.onLink(this.link);
  }
}
