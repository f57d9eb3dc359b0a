// The answer to a request of Try it: where to see more, and how to be the callee of its call.

import { body, captured, h } from "./dom.js";
import { ask, read } from "./api.js";
import { statusTone } from "./format.js";
import { live } from "./live.js";
import { to, visit } from "./router.js";

/** @typedef {{status: number, headers: Headers, text: string, hasPerson: boolean, path: string}} Answer */

/** Whether a leg of the call waits for a person, or will. @param {string | null} request its id */
export async function hasPerson(request) {
  const { calls } = request ? await read(`/explain/${request}`) : { calls: [] };
  return calls.some((/** @type {any} */ { legs }) =>
    legs.some((/** @type {any} */ leg) => leg.is_person));
}

/** Go to the phone of a call; a clock that stands advances until it rings. @param {string} call */
export async function beCallee(call) {
  const find = async () => (await read("/phones")).phones.some((/** @type {any} */ each) => each.call === call);
  if (live.clock?.mode === "manual" && !(await find())) await ask("POST", "/clock/advance", { until: "idle" });
  visit(["calls", call]);
  await live.readClock();
  focusPhone(call, 20);
}

/** @param {string} call @param {number} tries */
function focusPhone(call, tries) {
  const phone = document.querySelector(`.phone[data-call="${CSS.escape(call)}"]`);
  if (phone instanceof HTMLElement) phone.focus();
  else if (tries) setTimeout(() => focusPhone(call, tries - 1), 100);
}

/** @param {Answer} answer */
export function answerBox({ status, headers, text, hasPerson: isAsked, path }) {
  const [call, request] = [headers.get("x-mock-call"), headers.get("x-mock-request")];
  const fault = headers.get("x-mock-fault");
  return h("section", { "aria-label": "answer", "aria-live": "polite" },
    h("h2", {}, "Answer ", h("span", { class: `pill ${statusTone(status || 302)}` }, status || "redirect"),
      fault ? [" ", h("span", { class: "pill bad" }, fault)] : null),
    h("p", { class: "acts", "data-reports": true },
      call ? h("a", { href: to(`calls/${call}`) }, `Call ${call}`) : null,
      call && isAsked ? h("button", { "data-click": "callee", "data-call": call, "data-acting": true }, "Be the callee") : null,
      request ? h("a", { href: to(`requests/${request}`) }, `Why? Request ${request}`) : h("a", { href: to("requests") }, "Requests")),
    headers.get("x-mock-explain") ? h("p", {}, captured(headers.get("x-mock-explain"))) : null,
    (headers.get("content-type") ?? "").startsWith("audio/")
      ? h("audio", { controls: true, preload: "none", src: path, "aria-label": "recording" }) : body(text));
}
