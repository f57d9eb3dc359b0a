// What each receiver of webhooks did: its numbers, and the webhooks and requests that show what stands out.

import { captured, h } from "./dom.js";
import { read } from "./api.js";
import { named, plural, tone } from "./format.js";
import { join } from "./join.js";
import { live } from "./live.js";
import { chooser, takeFiles } from "./opened-file.js";
import { place, to, visit } from "./router.js";
import { View } from "./view.js";

const SHOWN = 100; // ids, answers or requests of one finding
const ORIGIN = "{origin}"; // stands for this server in a report

export class ReceiverView extends View {
  /** @type {any} */
  report = null;

  acts = {
    filter: (/** @type {any} */ input) => visit(["report"], { q: input.value.trim() }, { replace: true }),
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    takeFiles(this, signal);
    addEventListener("place", () => this.update(), { signal });
    live.addEventListener("again", () => this.reload(), { signal });
    signal.addEventListener("abort", join("/events", () => this.reloadSoon()));
    this.reload();
  }

  async load() {
    this.report = await read("/report");
    this.problem = "";
  }

  content() {
    const { query: { q = "" } } = place();
    const { receivers, evicted } = this.report ?? { receivers: [], evicted: 0 };
    const shown = receivers.filter((/** @type {any} */ { url }) => isFound(url, q));
    return [
      h("h1", {}, "Receivers"),
      h("input", { type: "search", "data-input": "filter", value: q, placeholder: "a part of a URL ...", "aria-label": "filter receivers" }),
      this.problem ? h("p", { class: "bad" }, this.problem) : null,
      h("p", { class: "muted small" }, plural(shown.length, "receiver"),
        evicted ? `, without ${plural(evicted, "older webhook")} that the server no longer keeps` : null),
      this.report && !receivers.length ? h("p", {}, "No webhook yet. ", h("a", { href: to("try") }, "Place a call"),
        ", and let the clock run until it ends. Or let ", h("code", {}, "mockserver ordeal"), " try a receiver, and show its JSON report here.") : null,
      shown.map(receiver), chooser(),
    ];
  }
}

/** Whether the filter of this page, or the URL of a webhook, names a receiver. @param {string} url @param {string} text */
const isFound = (url, text) => url.replace(ORIGIN, location.origin).includes(text)
  || (url.startsWith(ORIGIN) && text.endsWith(url.slice(ORIGIN.length)));

/** @param {any} report of one receiver */
function receiver({ url, kinds, states, attempts, unasked, statuses, errors, failures, latency_ms: latency, ...findings }) {
  const { timeout = 0, ...others } = errors;
  const numbers = {
    attempts: `${attempts}${unasked ? `, and ${unasked} that did not go to it` : ""}`,
    answers: named(statuses), failures, "time-outs": timeout, "other errors": named(others),
    "real time in ms": named(latency),
  };
  return h("article", { class: "receiver", "data-key": url },
    h("header", { class: "object-head" }, h("h2", {}, captured(url.replace(ORIGIN, location.origin))),
      h("a", { class: "button", href: to(`webhooks?q=${encodeURIComponent(url.replace(ORIGIN, "").slice(0, 200))}`) }, "Its webhooks")),
    h("p", {}, captured(kinds.join(", ")), Object.entries(states).map(([state, count]) =>
      [" ", h("span", { class: `pill ${tone(state)}` }, `${count} ${state}`)])),
    h("dl", { class: "keys" }, Object.entries(numbers).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    findingList(findings));
}

/** @param {any} findings */
function findingList({ failed_webhooks: failed, differing_copies: copies, follow_ups: followUps }) {
  const found = [
    ...Object.entries(failed).map(([reason, ids]) =>
      h("li", {}, h("span", { class: "bad" }, `Failed with ${reason}: `), cut(ids, webhookLink, "span"))),
    ...cut(copies, copiesItem), ...cut(followUps, followUpItem),
  ];
  return found.length ? h("ul", {}, found)
    : h("p", { class: "ok" }, "Nothing stands out: no attempt failed, no copy got another answer, and no request followed.");
}

/** @param {any} copies */
function copiesItem({ webhooks, differs, answers }) {
  return h("li", {}, h("span", { class: "bad" }, `Answers of another ${differs.join(" and ")} to copies or repeats of ${webhooks[0]}:`),
    h("ul", {}, cut(answers, ({ webhook, attempt, status, error, body }) => h("li", {}, webhookLink(webhook),
      `attempt ${attempt}: ${status ?? error} `, captured((typeof body === "string" ? body : JSON.stringify(body) ?? "").slice(0, 300))))));
}

/** @param {any} followUp */
const followUpItem = ({ request, operation, webhook, because }) => h("li", {}, "Request ",
  h("a", { href: to(`requests/${request}`) }, request), ` ${operation} followed `, webhookLink(webhook),
  because === "same-call" ? "and reads or moves its call" : "before it was answered");

/** @param {string} id */
const webhookLink = (id) => [h("a", { href: to(`webhooks/${id}`) }, id), " "];

/** Show the first items of a list, and how many more there are. @param {any} items @param {(item: any) => import("./dom.js").Child} show @param {string} [tag] */
const cut = (items, show, tag = "li") => [...items.slice(0, SHOWN).map(show),
  ...items.length > SHOWN ? [h(tag, {}, `and ${items.length - SHOWN} more`)] : []];
