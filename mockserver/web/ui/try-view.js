// Try it: sample requests of each operation, to be changed, sent as a client would, and refused on wish.

import { captured, choice, h } from "./dom.js";
import { read } from "./api.js";
import { copy } from "./copy.js";
import { provoke, sendProvoking, steps } from "./faults.js";
import { isJson, JSON_TYPE, plainType, sentBody } from "./forms.js";
import { buildRequest, fieldsOf, fillExample, readOperations, typeOf, withType } from "./operations.js";
import { report } from "./report.js";
import { place, to, visit } from "./router.js";
import { makeSample, sendSample, unsendable } from "./samples.js";
import { SNIPPETS } from "./snippets.js";
import { answerBox, beCallee, hasPerson } from "./try-answer.js";
import { View } from "./view.js";

const ACCEPTED = "accepted now"; // the sample that the account accepts, beside those of the document
const SCENARIO = "x-mock-scenario";

export class TryView extends View {
  /** @type {any[]} */
  providers = [];
  /** @type {import("./operations.js").Operation[]} */
  operations = [];
  /** @type {any[]} */
  scenarios = [];
  /** @type {string[]} */
  accounts = [];
  account = ""; // empty: the first that accepts a sample
  sample = ACCEPTED;
  scenario = "";
  fault = "";
  /** @type {any} the sample of the control API */
  accepted = null;
  missing = ""; // why there is none
  /** @type {{operation: string, fields: any} | null} the request that makes what is missing */
  first = null;
  /** @type {import("./operations.js").Sent} what is sent, as it stands in the fields */
  request = { method: "GET", path: "", headers: {}, body: "" };
  /** @type {import("./try-answer.js").Answer | null} */
  answer = null;
  problem = "";
  #shown = "";
  #made = 0; // samples, of which only the latest is shown

  acts = {
    provider: (/** @type {any} */ { value }) => visit(["try", value]),
    operation: (/** @type {any} */ { value }) => visit(["try", this.#operation.provider, value]),
    account: (/** @type {any} */ { value }) => {
      this.account = value;
      return this.#make();
    },
    sample: (/** @type {any} */ { value }) => this.#make({ sample: value }),
    fault: (/** @type {any} */ { value }) => this.#make({ sample: this.sample, fault: value }),
    scenario: (/** @type {any} */ { value }) => {
      this.scenario = value;
      const { [SCENARIO]: _, ...headers } = this.request.headers;
      this.#show({ ...this.request, headers: value ? { ...headers, [SCENARIO]: value } : headers });
    },
    type: (/** @type {any} */ { value }) => this.#show(withType(this.request, value)),
    edit: (/** @type {any} */ { name, value }) => {
      this.request = { ...this.request, [name]: name === "headers" ? parseHeaders(value) : value };
      this.update();
    },
    first: (/** @type {HTMLElement} */ button) => report(button, () => this.#sendFirst()),
    send: (/** @type {HTMLElement} */ button) => report(button, () => this.#send()),
    callee: (/** @type {HTMLElement} */ button) => report(button, () => beCallee(button.dataset.call ?? "")),
    copy: (/** @type {HTMLElement} */ button) => copy(this.#snippet(button.dataset.as ?? ""), button),
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    addEventListener("place", () => this.reload(), { signal });
    this.reload();
  }

  async load() {
    const { view, parts: [name, chosen], query: { scenario = this.scenario } } = place();
    if (view !== "try") return;
    this.scenario = scenario;
    try {
      const [{ providers }, { scenarios }] = await Promise.all([read("/providers"), read("/scenarios")]);
      const provider = name ?? providers[0].name;
      const [operations, { accounts }] = await Promise.all([
        readOperations(provider), read(`/accounts/${encodeURIComponent(provider)}`)]);
      Object.assign(this, { providers, scenarios, operations, accounts: Object.keys(accounts), problem: "" });
      if (chosen && this.#operation.operation !== chosen) {
        this.problem = `${provider} has no operation ${chosen}. There are ${operations.map(({ operation }) => operation).join(", ")}.`;
      }
    } catch (error) {
      this.problem = /** @type {Error} */ (error).message;
    }
    if (!this.problem && keyOf(this.#operation) !== this.#shown) {
      this.#shown = keyOf(this.#operation);
      if (!this.accounts.includes(this.account)) this.account = "";
      await this.#make();
    }
  }

  /** The operation of the address, else the first one. */
  get #operation() {
    const name = place().parts[1];
    return this.operations.find(({ operation }) => operation === name) ?? this.operations[0];
  }

  /** Make the sample anew, as it names what earlier requests have made; and fill the fields with what is chosen. */
  async #make({ sample = ACCEPTED, fault = "" } = {}) {
    const operation = this.#operation;
    this.#made += 1;
    const number = this.#made;
    const isLatest = () => number === this.#made && keyOf(operation) === keyOf(this.#operation);
    Object.assign(this, { sample, fault, accepted: null, answer: null, missing: "", first: null });
    try {
      const accepted = await makeSample(operation.provider, operation.operation, this.account ? { account: this.account } : {});
      if (!isLatest()) return;
      this.accepted = accepted;
      this.#fill();
    } catch (error) {
      if (!isLatest()) return;
      const { message, members } = /** @type {import("./api.js").Problem} */ (error);
      Object.assign(this, { missing: message, first: members?.first ?? null });
    }
    this.update();
  }

  #fill() {
    const request = this.fault ? provoke(this.#operation, this.fault, this.accepted) : this.#sampleRequest();
    /** @type {Record<string, string>} */
    const order = this.scenario && !(SCENARIO in request.headers) ? { [SCENARIO]: this.scenario } : {};
    this.#show({ ...request, headers: { ...request.headers, ...order } });
  }

  /** @returns {import("./operations.js").Sent} */
  #sampleRequest() {
    const { method, path, headers, body } = this.accepted;
    const own = fieldsOf(this.#operation, this.accepted) ?? {};
    const { examples } = this.#operation;
    const index = examples.findIndex(({ name }) => name === this.sample);
    if (index >= 0) return buildRequest(this.#operation, this.accepted, fillExample(this.#operation, index, own));
    const isJson = plainType(headers["content-type"]) === JSON_TYPE;
    return { method, path, headers, body: isJson ? JSON.stringify(JSON.parse(body), null, 2) : body ?? "" };
  }

  /** @param {import("./operations.js").Sent} request */
  #show(request) {
    this.request = request;
    for (const [name, value] of Object.entries({ ...request, headers: formatHeaders(request.headers) })) {
      const field = /** @type {HTMLInputElement | null} */ (this.querySelector(`[name=${name}]`));
      if (field) field.value = value ?? "";
    }
    this.update();
  }

  /** @param {string} name */
  #snippet(name) {
    const { path, body, ...rest } = this.request;
    return SNIPPETS[name]({ ...rest, url: location.origin + path, body: sentBody(body ?? "", typeOf(this.request)) });
  }

  async #send() {
    const { request, fault } = this;
    const answer = fault ? await sendProvoking(this.#operation, fault, request, this.accepted.account) : await sendSample(request);
    const isCall = answer.headers.has("x-mock-call");
    this.answer = { ...answer, path: request.path, hasPerson: isCall && await hasPerson(answer.headers.get("x-mock-request")) };
    this.update();
  }

  /** Send the sample of what has to be there first, and make this one anew. */
  async #sendFirst() {
    const { operation, fields } = /** @type {{operation: string, fields: any}} */ (this.first);
    await sendSample(await makeSample(this.#operation.provider, operation, { fields }));
    await this.#make();
  }

  content() {
    const operation = this.#operation;
    if (this.problem) return [h("h1", {}, "Try it"), h("p", { class: "bad" }, this.problem)];
    if (!operation || this.#shown !== keyOf(operation)) return [h("h1", {}, "Try it"), h("p", { class: "muted" }, "Reading ...")];
    return [
      h("h1", {}, "Try it"), this.#choices(operation),
      h("p", { class: "muted" }, operation.summary, " ",
        h("a", { href: to(`accounts/${operation.provider}`) }, "See the accounts")),
      this.accepted ? this.#form(operation) : this.missing ? this.#missing() : null,
      this.answer ? answerBox(this.answer) : null,
    ];
  }

  /** @param {import("./operations.js").Operation} operation */
  #choices({ provider, operation, examples, faults }) {
    const names = examples.filter(({ fields }) => Object.keys(fields).length).map(({ name }) => [name, `documented: ${name}`]);
    return h("div", { class: "acts" },
      choice("vendor", "provider", provider, this.providers.map(({ name }) => [name])),
      choice("operation", "operation", operation, this.operations.map((each) => [each.operation, `${each.operation} (${each.method})`])),
      this.accounts.length > 1 ? choice("account", "account", this.account, [["", "any"], ...this.accounts.map((name) => [name])]) : null,
      names.length ? choice("sample", "sample", this.sample, [[ACCEPTED], ...names]) : null,
      choice("scenario", "scenario", this.scenario, [["", "none"], ...this.scenarios.map(({ name }) => [name])]),
      Object.keys(faults).length ? choice("Provoke a refusal", "fault", this.fault, [["", "none"], ...Object.keys(faults).map((name) => [name])]) : null);
  }

  /** @param {import("./operations.js").Operation} operation */
  #form(operation) {
    const { method, path, headers, body } = this.request;
    const type = typeOf(this.request);
    const reason = unsendable(this.request);
    const isBroken = type === JSON_TYPE && body && !isJson(body);
    return h("div", { "data-key": `form-${this.#shown}` },
      h("label", { class: "field" }, h("span", {}, "Path ", h("b", {}, captured(method))),
        h("input", { name: "path", "aria-label": "Path", value: path, "data-input": "edit", spellcheck: "false", "data-own": true })),
      h("label", { class: "field" }, h("span", {}, "Headers"),
        h("textarea", { name: "headers", "aria-label": "Headers", rows: "4", "data-input": "edit", spellcheck: "false", "data-own": true }, formatHeaders(headers))),
      operation.types.length > 1 ? h("p", {}, choice("type", "type", type, operation.types.map((each) => [each]))) : null,
      h("label", { class: "field" }, h("span", {}, "Body ", isBroken ? h("span", { class: "bad" }, "(this is not JSON)") : null),
        h("textarea", { name: "body", "aria-label": "Body", rows: "12", "data-input": "edit", spellcheck: "false", "data-own": true }, body ?? "")),
      this.fault ? steps(operation, this.fault, this.accepted.account).map((step) => h("p", { class: "small" }, captured(step))) : null,
      h("div", { class: "acts", "data-reports": true, "data-key": "send" },
        h("button", { class: "main", "data-click": "send", "data-acting": true, "aria-disabled": reason ? "true" : null }, "Send"),
        Object.keys(SNIPPETS).map((name) => h("button", { "data-click": "copy", "data-as": name, "data-key": name }, `Copy as ${name}`))),
      reason ? h("p", { class: "small" }, `A page cannot send ${reason}: copy it as curl.`) : null);
  }

  /** Why there is no sample, and what is to be sent first. */
  #missing() {
    return h("div", { "data-key": `missing-${this.#shown}`, "data-reports": true }, h("p", {}, captured(this.missing)),
      this.first ? h("button", { "data-click": "first", "data-acting": true }, `Send ${this.first.operation} first`) : null);
  }
}

/** @param {import("./operations.js").Operation} operation */
const keyOf = ({ provider, operation }) => `${provider}-${operation}`;

/** @param {Record<string, string>} headers */
const formatHeaders = (headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join("\n");

/** @param {string} text @returns {Record<string, string>} */
function parseHeaders(text) {
  const pairs = text.split("\n").map((line) => line.split(/:(.*)/s)).filter(([name, value]) => name.trim() && value !== undefined);
  return Object.fromEntries(pairs.map(([name, value]) => [name.trim().toLowerCase(), value.trim()]));
}
