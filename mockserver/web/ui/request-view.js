// All requests of the sandbox; why each was answered as it was, and what would pass.

import { body, captured, h } from "./dom.js";
import { prefix, read } from "./api.js";
import { copy } from "./copy.js";
import { clockTime, statusTone } from "./format.js";
import { decodeBody, JSON_TYPE } from "./forms.js";
import { ItemList } from "./item-list.js";
import { withSecrets } from "./operations.js";
import { report } from "./report.js";
import { to, visit } from "./router.js";
import { makeSample, sendSample, setField } from "./samples.js";
import { SNIPPETS } from "./snippets.js";
import { headerList } from "./webhook-detail.js";

export class RequestView extends ItemList {
  name = "requests";
  noun = "Request";
  filters = ["status", "provider", "operation", "call"];
  none = "No request here. Your application sends them to the base URLs that the view Calls shows; Try it sends a sample.";
  hint = "status:422, provider:phonon, a text ...";

  constructor() {
    super();
    Object.assign(this.acts, {
      copy: (/** @type {HTMLElement} */ button) => copy(this.#snippet(button.dataset.as ?? ""), button),
      again: (/** @type {HTMLElement} */ button) => report(button, () => this.#again(button.dataset.field ?? "")),
    });
  }

  /** @param {string} id */
  async readItem(id) {
    const [request, explanation, raw] = await Promise.all([
      read(`/requests/${id}`), read(`/explain/${id}`), read(`/requests/${id}/raw`)]);
    return { ...request, explanation, raw };
  }

  /** @param {string} name */
  #snippet(name) {
    const { path, query, ...raw } = this.item.raw;
    return SNIPPETS[name]({ ...raw, url: `${location.origin}${prefix}${path}${query ? `?${query}` : ""}` });
  }

  /** Send the request once more, with what would pass in the place of what did not. @param {string} field */
  async #again(field) {
    const { provider, operation, raw, explanation } = this.item;
    const rules = explanation.rules.filter((/** @type {any} */ rule) => !field || rule.field === field);
    const content = rules.reduce(
      (/** @type {any} */ changed, /** @type {any} */ rule) =>
        (rule.sample === null || rule.sample === undefined ? changed : setField(changed, rule.field, rule.sample)),
      JSON.parse(raw.body || "{}"));
    const sample = await makeSample(provider, operation).catch(() => ({ headers: {}, body: "" }));
    const { headers: answered } = await sendSample({
      method: raw.method, path: `${prefix}${raw.path}${raw.query ? `?${raw.query}` : ""}`,
      headers: { accept: "application/json", ...sample.headers, "content-type": JSON_TYPE },
      body: JSON.stringify(withSecrets(content, decodeBody(sample.body ?? "", JSON_TYPE) ?? {})),
    });
    const id = answered.get("x-mock-request");
    if (id) visit(["requests", id]);
  }

  /** @param {any} request */
  line({ id, at, method, path, status, operation, calls, fault, problem }) {
    return [
      h("b", {}, id), " ", h("span", { class: `pill ${statusTone(status)}` }, status ?? "no answer"), " ",
      fault ?? problem ?? operation ?? "", calls.length ? ` to ${calls.slice(0, 3).join(", ")}` : "",
      h("span", { class: "when" }, clockTime(at)),
      h("span", { class: "second" }, method, " ", captured(path)),
    ];
  }

  /** @param {any} request */
  detail(request) {
    const { id, method, path, status, calls, explanation, raw, response } = request;
    return [
      h("header", { class: "object-head" },
        h("h2", {}, `${id} `, h("span", { class: `pill ${statusTone(status)}` }, status ?? "no answer")),
        h("div", { class: "acts" }, Object.keys(SNIPPETS).map((as) => h("button", { "data-click": "copy", "data-as": as, "data-key": as }, `Copy as ${as}`)),
          calls.map((/** @type {string} */ call) => h("a", { class: "button", href: to(`calls/${call}`) }, `Call ${call}`)))),
      h("p", { class: "url" }, method, " ", captured(path)),
      h("h3", {}, "Why"), h("p", {}, captured(explanation.reason)),
      explanation.hints.map((/** @type {string} */ hint) => h("p", {}, captured(hint))),
      explanation.rules.map((/** @type {any} */ rule) => ruleBox(rule, isChangeable(raw))),
      explanation.nearest.length ? h("p", {}, "Nearest: ", explanation.nearest.join("; ")) : null,
      explanation.calls.map(legSources),
      h("h3", {}, "Request"), headerList(raw.headers), body(raw.body ?? raw.base64 ?? ""),
      h("h3", {}, "Answer"), body(response),
    ];
  }
}

/** Whether other fields can be put into the body. @param {any} raw */
const isChangeable = ({ body: text }) => Boolean(text && decodeBody(text, JSON_TYPE));

/** A broken rule: what was sent, what would pass. @param {any} rule @param {boolean} isChangeable */
function ruleBox({ fault, evidence, field, received, would_pass: passes, sample }, isChangeable) {
  const canTry = isChangeable && field && sample !== null && sample !== undefined;
  return h("section", { class: "hears", "data-reports": true, "data-key": `${fault}-${field}` },
    h("p", {}, h("b", {}, fault), ` (${evidence})`, field ? [", field ", captured(field)] : null),
    received !== null && received !== undefined ? h("p", {}, "Sent: ", captured(JSON.stringify(received))) : null,
    passes ? h("p", {}, "Would pass: ", captured(passes)) : null,
    canTry ? h("button", { "data-click": "again", "data-field": field, "data-acting": true }, "Try again with this") : null);
}

/** What decided each leg of a call. @param {any} call */
function legSources({ call, legs }) {
  return legs.map((/** @type {any} */ { attempt, leg, number, decided_by: by }) =>
    h("p", { class: "small" }, `${call ?? "call"}, attempt ${attempt}, leg ${leg} ${number}: decided by ${by}`));
}
