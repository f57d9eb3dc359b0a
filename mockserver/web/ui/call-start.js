// What stands where no call is chosen: how to place the first one.

import { body, h } from "./dom.js";
import { read } from "./api.js";
import { copy } from "./copy.js";
import { live } from "./live.js";
import { report } from "./report.js";
import { visit } from "./router.js";
import { makeSample, sendSample } from "./samples.js";
import { curl } from "./snippets.js";
import { View } from "./view.js";

export class CallStart extends View {
  /** @type {any[]} */
  #providers = [];
  /** @type {import("./samples.js").Sent | undefined} */
  #sample;
  #total = -1;

  acts = {
    place: (/** @type {HTMLElement} */ button) => report(button, async () => {
      const { headers } = await sendSample(/** @type {import("./samples.js").Sent} */ (this.#sample));
      const call = headers.get("x-mock-call");
      if (call) visit(["calls", call]);
    }),
    curl: (/** @type {HTMLElement} */ button) => copy(this.#curl(), button),
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    const count = async () => {
      this.#total = live.counts.total ?? (await read("/calls?limit=0").catch(() => ({ total: 0 }))).total;
      this.update();
    };
    live.addEventListener("calls", count, { signal });
    live.addEventListener("again", count, { signal });
    count();
    this.#readSample();
  }

  /** A sample of the smallest vendor whose calls need neither agents nor a queue. */
  async #readSample() {
    this.#providers = (await read("/providers").catch(() => ({ providers: [] }))).providers;
    const simple = this.#providers.filter(({ acts }) => !acts.length)
      .sort((one, other) => one.operations.length - other.operations.length);
    for (const { name, operations } of simple) {
      const sample = await makeSample(name, operations[0].name).catch(() => undefined);
      this.#sample = sample && { ...sample, headers: { ...sample.headers, "x-mock-scenario": "waits-for-a-person" } };
      if (this.#sample) break;
    }
    this.update();
  }

  #curl() {
    const sample = /** @type {import("./samples.js").Sent} */ (this.#sample);
    return curl({ ...sample, url: location.origin + sample.path });
  }

  content() {
    if (this.#total < 0) return [];
    if (this.#total > 0) return [h("p", { class: "muted" }, "Choose a call to see its ladder.")];
    return [
      h("p", {}, "No call has been placed in this sandbox. If your application has sent a request, its base URL should be one of these:"),
      h("ul", { class: "plain url" }, this.#providers.map(({ base_url: url }) => h("li", {}, url))),
      this.#sample ? [
        h("p", {}, "This places a call whose callee is you:"), body(this.#curl()),
        h("div", { class: "acts", "data-reports": true },
          h("button", { class: "main", "data-click": "place", "data-acting": true }, "Place it for me"),
          h("button", { "data-click": "curl" }, "Copy as curl")),
      ] : null,
    ];
  }
}
