// Runs what a button does, and shows beside it why it could not.

import { h } from "./dom.js";

/**
 * @param {HTMLElement} button
 * @param {() => Promise<unknown>} act
 */
export async function report(button, act) {
  button.setAttribute("aria-disabled", "true");
  const place = button.closest("[data-reports]") ?? button.parentElement;
  place?.querySelector(":scope > .report")?.remove();
  try {
    await act();
  } catch (error) {
    const text = /** @type {Error} */ (error).message;
    place?.append(h("p", { class: "report bad", role: "alert", "data-own": true }, text));
  }
  button.removeAttribute("aria-disabled");
}
