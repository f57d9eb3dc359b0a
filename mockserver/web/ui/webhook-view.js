// All webhooks of the sandbox, and the inboxes that received some of them.

import { body, captured, h } from "./dom.js";
import { read } from "./api.js";
import { clockTime, tone } from "./format.js";
import { ItemList } from "./item-list.js";
import { readWebhook, webhookActs, webhookDetail } from "./webhook-detail.js";

export class WebhookView extends ItemList {
  name = "webhooks";
  noun = "Webhook";
  filters = ["state", "kind", "provider", "call"];
  none = "No webhook here. A vendor sends one while a call goes on, or when it has ended.";
  hint = "state:failed, kind:cdr, a text ...";
  /** @type {any[]} */
  inboxes = [];

  constructor() {
    super();
    Object.assign(this.acts, webhookActs(() => this.reload()));
  }

  /** @param {string} id */
  readItem(id) {
    return readWebhook(id);
  }

  async loadBeside() {
    const { inboxes } = await read("/inboxes").catch(() => ({ inboxes: [] }));
    this.inboxes = await Promise.all(inboxes.map((/** @type {any} */ { name }) =>
      read(`/inboxes/${encodeURIComponent(name)}`).catch(() => ({ name, received: [] }))));
  }

  /** @param {any} webhook */
  line({ id, kind, call, state, url, last_status: status, last_error: error, copy_of: copyOf, altered }) {
    return [
      h("b", {}, id), ` ${kind} ${call} `, h("span", { class: `pill ${tone(state)}` }, state), " ",
      String(status ?? error ?? ""), copyOf ? h("span", { class: "pill" }, "copy") : null,
      altered ? h("span", { class: "pill bad" }, "altered") : null,
      h("span", { class: "second" }, captured(url)),
    ];
  }

  /** @param {any} webhook */
  detail(webhook) {
    return webhookDetail(webhook);
  }

  above() {
    if (!this.inboxes.length) return null;
    return h("details", { "data-key": "inboxes" }, h("summary", {}, `Inboxes (${this.inboxes.length})`),
      this.inboxes.map(({ name, received }) => [
        h("h3", {}, captured(name)),
        received.slice(-5).map((/** @type {any} */ each) => [
          h("p", { class: "small" }, `${clockTime(each.at)} ${each.method}, answered ${each.status}`), body(each.body),
        ]),
      ]));
  }
}
