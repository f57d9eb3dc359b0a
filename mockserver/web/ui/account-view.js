// The accounts of each vendor: what they have now, and a patch to change it.

import { body, captured, h } from "./dom.js";
import { ask, read } from "./api.js";
import { say } from "./copy.js";
import { decodeBody, JSON_TYPE } from "./forms.js";
import { live } from "./live.js";
import { report } from "./report.js";
import { place, to } from "./router.js";
import { View } from "./view.js";

export class AccountView extends View {
  /** @type {[string, Record<string, any>][]} vendor and its accounts */
  vendors = [];

  acts = {
    patch: (/** @type {any} */ form) => report(form, async () => {
      const patch = decodeBody(form.querySelector("textarea").value, JSON_TYPE);
      if (!patch) throw new Error('A patch is a JSON object, such as {"balance": "0"}.');
      await ask("PATCH", form.dataset.path, patch);
      say("The account is changed.");
      await this.reload();
    }),
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    addEventListener("place", () => this.reload(), { signal });
    for (const type of ["calls", "again"]) live.addEventListener(type, () => this.reload(), { signal });
    this.reload();
  }

  async load() {
    if (place().view !== "accounts") return;
    const { providers } = await read("/providers");
    this.vendors = await Promise.all(providers.map(async (/** @type {any} */ { name }) =>
      [name, (await read(`/accounts/${name}`)).accounts]));
    this.problem = "";
  }

  content() {
    const { parts: [vendor, asked] } = place();
    const accounts = Object.fromEntries(this.vendors)[vendor];
    const name = asked ?? Object.keys(accounts ?? {})[0];
    return [
      h("h1", {}, "Accounts"), this.problem ? h("p", { class: "bad" }, this.problem) : null,
      h("div", { class: "columns" },
        h("section", { "aria-label": "list of accounts" }, this.vendors.map(([provider, all]) => [
          h("h2", {}, provider), h("ol", { class: "plain" }, Object.keys(all).map((each) => h("li", { class: "row" },
            h("a", {
              href: to(`accounts/${provider}/${encodeURIComponent(each)}`),
              "aria-current": provider === vendor && each === name && "true",
            }, captured(each)))))])),
        h("section", { "aria-label": "account", "data-key": `${vendor}/${name}` },
          accounts && name ? (name in accounts ? detail(vendor, name, accounts[name])
            : h("p", { class: "bad" }, `${vendor} has no account `, captured(name))) : null)),
    ];
  }
}

/** @param {string} vendor @param {string} name @param {any} account */
function detail(vendor, name, account) {
  return [
    h("h2", {}, captured(name)), h("p", { class: "muted small" }, "As it would stand in a file; secrets are masked."),
    body(account),
    h("form", { "data-submit": "patch", "data-reports": true, "data-path": `/accounts/${vendor}/${encodeURIComponent(name)}` },
      h("label", { class: "field" }, h("span", {}, "Patch: what it names is changed, null takes a key away"),
        h("textarea", { rows: "5", spellcheck: "false", placeholder: '{"balance": "0", "limits": null}', "data-own": true })),
      h("div", { class: "acts" }, h("button", { class: "main", "data-acting": true }, "Change the account"),
        h("a", { class: "button", href: to(`try/${vendor}`) }, "Try it"))),
  ];
}
