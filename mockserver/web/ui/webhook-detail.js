// A webhook with every attempt: what was sent, what the receiver answered, why it failed; and what can be done with it.

import { body, captured, h } from "./dom.js";
import { ask, read } from "./api.js";
import { copy, say } from "./copy.js";
import { clockTime, distance, statusTone, tone } from "./format.js";
import { report } from "./report.js";
import { to } from "./router.js";
import { curl } from "./snippets.js";

/** @param {any} webhook */
export function webhookDetail(webhook) {
  const { id, kind, state, call, method, url, attempts, next_attempt_at: next } = webhook;
  return h("article", { class: "webhook", "data-key": id },
    h("header", { class: "object-head" },
      h("h2", {}, `${id} ${kind} `, h("span", { class: `pill ${tone(state)}` }, state)),
      h("div", { class: "acts", "data-reports": true },
        h("button", { "data-click": "redeliver", "data-id": id, "data-acting": true, "aria-disabled": state === "pending" && "true" }, "Redeliver"),
        h("button", { "data-click": "webhookCurl", "data-id": id }, "Copy as curl"),
        h("a", { class: "button", href: to(`calls/${call}/${id}`) }, `Call ${call}`),
        h("a", { class: "button", href: to(`report?q=${encodeURIComponent(url.split(/[?#]/)[0])}`) }, "Receiver"))),
    h("p", { class: "url" }, method, " ", captured(url)),
    marks(webhook),
    attempts.length ? attemptTable(attempts) : h("p", { class: "muted" }, "Not sent yet."),
    next ? h("p", {}, h("span", { class: "pill hook" }, "due"), ` next attempt at ${clockTime(next)}`) : null,
    headerList(webhook.headers), h("h3", {}, "Body as sent"), body(webhook.body));
}

/** What a scenario made of it. @param {any} webhook */
function marks({ copy_of: copyOf, altered }) {
  return [
    copyOf ? h("p", { class: "bad" }, `A scenario made this copy of ${copyOf}.`) : null,
    altered ? h("p", { class: "bad" }, `A scenario altered the body: ${altered}.`) : null,
  ];
}

/** @param {any[]} attempts */
function attemptTable(attempts) {
  const heads = ["number", "at", "answer", "real time", "receiver's answer"];
  return h("div", { class: "wide" }, h("table", {},
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, attempts.map(({ number, at, status, error, duration_ms: ms, response, reason }) =>
      h("tr", {}, h("td", {}, number), h("td", {}, clockTime(at)),
        h("td", { class: statusTone(status) }, status ?? error),
        h("td", {}, ms === null || ms === undefined ? "" : ms < 1000 ? `${ms} ms` : distance(ms)),
        h("td", {}, answerText(response), reason ? h("span", { class: "bad" }, ` ${reason}`) : null))))));
}

/** @param {unknown} response */
function answerText(response) {
  const text = typeof response === "string" ? response : JSON.stringify(response);
  return captured((text ?? "").slice(0, 300));
}

/** @param {Record<string, string>} headers */
export function headerList(headers) {
  const fields = Object.entries(headers ?? {});
  if (!fields.length) return null;
  return h("details", {}, h("summary", {}, `Headers (${fields.length})`),
    h("dl", { class: "headers" }, fields.map(([name, value]) => [h("dt", {}, captured(name)), h("dd", {}, captured(value))])));
}

/**
 * A webhook with its headers and body as they are sent.
 * @param {string} id
 */
export async function readWebhook(id) {
  const [webhook, raw] = await Promise.all([read(`/webhooks/${id}`), read(`/webhooks/${id}/raw`)]);
  return { ...webhook, headers: raw.headers };
}

/**
 * The acts of the buttons that `webhookDetail` shows.
 * @param {() => unknown} changed
 */
export function webhookActs(changed) {
  return {
    redeliver: (/** @type {HTMLElement} */ button) => report(button, async () => {
      await ask("POST", `/webhooks/${button.dataset.id}/redeliver`);
      say(`Webhook ${button.dataset.id} is sent once more.`);
      changed();
    }),
    webhookCurl: (/** @type {HTMLElement} */ button) => report(button, async () => {
      await copy(curl(await read(`/webhooks/${button.dataset.id}/raw`)), button);
    }),
  };
}
