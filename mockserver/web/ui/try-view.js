// Try it: the documented samples of each operation, to be changed and sent as a client would.

import { body, captured, h, View } from "./dom.js";
import { curl, read } from "./api.js";
import { copy } from "./copy.js";
import { statusTone } from "./format.js";
import { report } from "./report.js";
import { place, to, visit } from "./router.js";
import { readOperations, sendSample, urlOf } from "./samples.js";

export class TryView extends View {
  /** @type {any[]} */
  providers = [];
  /** @type {import("./samples.js").Operation[]} */
  operations = [];
  /** @type {any[]} */
  scenarios = [];
  scenario = "";
  example = 0;
  text = "";
  /** @type {any} */
  answer = null;
  problem = "";
  #shown = "";

  acts = {
    provider: (/** @type {any} */ { value }) => visit(["try", value]),
    operation: (/** @type {any} */ { value }) => visit(["try", place().parts[0] ?? this.providers[0].name, value]),
    example: (/** @type {any} */ { value }) => this.#choose(Number(value)),
    scenario: (/** @type {any} */ { value }) => {
      this.scenario = value;
      this.update();
    },
    text: (/** @type {any} */ { value }) => {
      this.text = value;
      this.update();
    },
    send: (/** @type {HTMLElement} */ button) => report(button, async () => {
      this.answer = await sendSample(this.#request());
      this.update();
    }),
    curl: (/** @type {HTMLElement} */ button) => {
      const request = this.#request();
      copy(curl({ ...request, url: location.origin + request.url, body: request.method === "GET" ? "" : request.body }), button);
    },
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    addEventListener("place", () => this.load(), { signal });
    this.load();
  }

  async load() {
    const { view, parts: [name], query: { scenario = this.scenario } } = place();
    if (view !== "try") return;
    this.scenario = scenario;
    try {
      this.providers = (await read("/providers")).providers;
      this.scenarios = (await read("/scenarios")).scenarios;
      this.operations = await readOperations(name ?? this.providers[0].name);
      this.problem = "";
    } catch (error) {
      this.problem = /** @type {Error} */ (error).message;
    }
    const key = `${this.#operation?.provider}/${this.#operation?.operation}`;
    if (key !== this.#shown) {
      this.#shown = key;
      this.answer = null;
      this.#choose(0);
    }
    this.update();
  }

  /** The operation of the address, else the first one that has an example. */
  get #operation() {
    const name = place().parts[1];
    return this.operations.find(({ operation }) => operation === name)
      ?? this.operations.find(({ examples }) => examples.length) ?? this.operations[0];
  }

  /** @param {number} index */
  #choose(index) {
    const example = this.#operation?.examples[index];
    this.example = index;
    this.text = example ? JSON.stringify(example.value, null, 2) : "";
    const area = this.querySelector("textarea");
    if (area) area.value = this.text;
    this.update();
  }

  #request() {
    const operation = this.#operation;
    /** @type {Record<string, string>} */
    const json = this.text ? { "content-type": "application/json" } : {};
    /** @type {Record<string, string>} */
    const scenario = this.scenario ? { "x-mock-scenario": this.scenario } : {};
    return {
      method: operation.method, url: urlOf(operation), body: this.text,
      headers: { accept: "application/json", ...operation.headers, ...json, ...scenario },
    };
  }

  get #isBroken() {
    try {
      if (this.text) JSON.parse(this.text);
      return false;
    } catch {
      return true;
    }
  }

  content() {
    const operation = this.#operation;
    if (this.problem) return [h("h1", {}, "Try it"), h("p", { class: "bad" }, this.problem)];
    if (!operation) return [h("h1", {}, "Try it"), h("p", { class: "muted" }, "Reading ...")];
    const request = this.#request();
    return [
      h("h1", {}, "Try it"),
      h("div", { class: "acts" },
        choice("vendor", "provider", operation.provider, this.providers.map(({ name }) => [name, name])),
        choice("operation", "operation", operation.operation,
          this.operations.map((each) => [each.operation, `${each.operation} (${each.method})`])),
        operation.examples.length > 1 ? choice("example", "example", String(this.example),
          operation.examples.map(({ name }, index) => [String(index), name])) : null,
        choice("scenario", "scenario", this.scenario, [["", "none"], ...this.scenarios.map(({ name }) => [name, name])])),
      h("p", { class: "muted" }, operation.summary),
      h("p", { class: "url" }, `${request.method} ${request.url}`),
      h("p", { class: "small" }, Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`).join(", ")),
      h("label", { class: "field" }, h("span", {}, "Body ", this.#isBroken ? h("span", { class: "bad" }, "(this is not JSON)") : null),
        h("textarea", { rows: "12", "data-input": "text", spellcheck: "false", "data-own": true }, this.text)),
      h("div", { class: "acts", "data-reports": true },
        h("button", { class: "main", "data-click": "send", "data-acting": true }, "Send"),
        h("button", { "data-click": "curl" }, "Copy as curl")),
      this.answer ? answerBox(this.answer) : null,
    ];
  }
}

/** @param {string} label @param {string} act @param {string} value @param {string[][]} options */
function choice(label, act, value, options) {
  return h("label", {}, `${label} `, h("select", { "data-change": act, "data-value": value, "aria-label": label },
    options.map(([each, text]) => h("option", { value: each, selected: each === value }, text))));
}

/** @param {{status: number, headers: Headers, text: string}} answer */
function answerBox({ status, headers, text }) {
  const [call, request] = [headers.get("x-mock-call"), headers.get("x-mock-request")];
  return h("section", { "aria-label": "answer", "aria-live": "polite" },
    h("h2", {}, "Answer ", h("span", { class: `pill ${statusTone(status)}` }, status || "redirect")),
    h("p", {}, call ? h("a", { href: to(`calls/${call}`) }, `Call ${call}`) : null, " ",
      request ? h("a", { href: to(`requests/${request}`) }, `Why? Request ${request}`) : null),
    headers.get("x-mock-explain") ? h("p", {}, captured(headers.get("x-mock-explain"))) : null,
    body(text));
}
