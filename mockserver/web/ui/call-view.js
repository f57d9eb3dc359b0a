// One call: what it is, its ladder, and the webhook or request that is selected below it.

import { captured, h } from "./dom.js";
import { base, Problem, read } from "./api.js";
import { copy, say } from "./copy.js";
import { downloadHar, downloadJournal } from "./download.js";
import { callTone, callWord, fullTime } from "./format.js";
import { ladder } from "./ladder-view.js";
import { live } from "./live.js";
import { report } from "./report.js";
import { place, to } from "./router.js";
import { readWebhook, webhookActs, webhookDetail } from "./webhook-detail.js";
import { View } from "./view.js";

export class CallView extends View {
  /** @type {any} */
  call = null;
  /** @type {any[]} */
  requests = [];
  /** @type {any[]} */
  webhooks = [];
  /** @type {any} the one that is selected, else the newest */
  webhook = null;
  /** @type {string | null} */
  recording = null;
  problem = "";

  acts = {
    link: (/** @type {HTMLElement} */ button) => copy(location.href, button),
    curl: (/** @type {HTMLElement} */ button) =>
      copy(`curl ${location.origin}${base}/calls/${this.call.id}`, button),
    har: (/** @type {HTMLElement} */ button) => report(button, () => downloadHar(this.call.id)),
    journal: (/** @type {HTMLElement} */ button) => report(button, () => downloadJournal(this.call.id)),
    ...webhookActs(() => this.reload()),
  };

  get #id() {
    return place().view === "calls" ? place().parts[0] ?? "" : "";
  }

  /** @param {AbortSignal} signal */
  start(signal) {
    addEventListener("place", () => this.reload(), { signal });
    live.addEventListener("again", () => this.reload(), { signal });
    live.addEventListener("link", () => this.update(), { signal });
    live.addEventListener("calls", (event) => {
      const changed = /** @type {CustomEvent} */ (event).detail;
      if (changed.some((/** @type {any} */ each) => each.id === this.#id)) this.reload();
    }, { signal });
    this.reload();
  }

  async load() {
    const id = this.#id;
    if (!id) {
      this.call = null;
      this.problem = "";
      return;
    }
    try {
      const name = encodeURIComponent(id);
      const [call, { requests }, { webhooks }] = await Promise.all([
        read(`/calls/${name}`), read(`/requests?call=${name}`), read(`/webhooks?call=${name}`),
      ]);
      const recording = call.state === "ended" ? (await read(`/calls/${name}/acts`)).recording : null;
      if (this.call?.id === id && this.call.state !== call.state) say(`Call ${id}: ${callWord(call)}.`);
      const chosen = webhooks.find((/** @type {any} */ each) => each.id === place().parts[1]) ?? webhooks.at(-1);
      const webhook = chosen ? await readWebhook(chosen.id) : null;
      Object.assign(this, { call, webhook, requests, webhooks, recording, problem: "" });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.call = null;
      this.problem = error.message;
    }
  }

  content() {
    if (this.problem) return [h("h1", {}, `Call ${this.#id}`), h("p", { class: "bad" }, this.problem)];
    if (!this.#id) return [h("h1", {}, "Calls"), h("call-start")];
    if (!this.call) return [h("h1", {}, `Call ${this.#id}`), h("p", { class: "muted" }, "Reading ...")];
    return [this.#head(), this.#outline(), this.#sound(), ladder(this.call, this.requests, this.webhooks), this.#below()];
  }

  #head() {
    const { id } = this.call;
    const isFailing = this.webhooks.some((each) => each.state === "failed");
    return h("header", { class: "object-head" },
      h("h1", {}, `Call ${id} `, h("span", { class: `pill ${callTone(this.call)}` }, callWord(this.call)),
        isFailing && h("span", { class: "pill bad" }, "hook failing")),
      h("div", { class: "acts", "data-reports": true },
        h("button", { "data-click": "link" }, "Copy link"),
        h("button", { "data-click": "curl" }, "Copy as curl"),
        h("button", { "data-click": "journal" }, "Export .jsonl"),
        h("button", { "data-click": "har" }, "Export .har"),
        h("a", { class: "button", href: `${base}/calls/${id}/timeline?format=text` }, "Timeline")));
  }

  /** The recording of a call that has ended. */
  #sound() {
    return this.recording ? h("p", { "data-key": "recording" },
      h("audio", { controls: true, preload: "none", src: this.recording, "aria-label": "recording" }),
      h("a", { href: this.recording, download: `${this.call.id}.wav` }, "Download the recording")) : null;
  }

  #outline() {
    const { provider, operation, account, scenarios, vendor_status: status, vendor_id: vendorId, created_at: at } = this.call;
    return h("p", { class: "outline" },
      `${provider} ${operation}, account ${account}, `,
      scenarios.length ? ["scenario ", scenarios.map((/** @type {string} */ name, /** @type {number} */ index) =>
        [index ? ", " : "", h("a", { href: to(`scenarios/${encodeURIComponent(name)}`) }, name)]), ", "] : null,
      status ? ["vendor says ", captured(status), ", "] : null,
      ["id ", captured(vendorId), ", "], `placed ${fullTime(at)}`);
  }

  /** The webhook that is selected, else the newest. */
  #below() {
    const webhook = this.webhook;
    if (!webhook) return h("p", { class: "muted" }, "No webhook yet.");
    const others = this.webhooks.length > 1 && h("p", { class: "small" }, "Webhooks: ",
      this.webhooks.map((each) => [h("a", { href: to(`calls/${this.call.id}/${each.id}`) }, each.id), " "]));
    return h("section", { "aria-label": "webhook", class: "below" }, others || null, webhookDetail(webhook));
  }
}
