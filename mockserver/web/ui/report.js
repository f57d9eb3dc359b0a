// Runs what a button does, and shows beside it why it could not.

import { h } from "./dom.js";

/** What acts now: a second click does nothing. @type {WeakSet<HTMLElement>} */
const busy = new WeakSet();

/**
 * Run an act once at a time; what has `data-repeats` runs at each click.
 * @param {HTMLElement} button
 * @param {() => Promise<unknown>} act
 */
export async function report(button, act) {
  if (busy.has(button)) return;
  if (!("repeats" in button.dataset)) {
    busy.add(button);
    button.dataset.busy = "";
  }
  const place = button.closest("[data-reports]") ?? button.parentElement;
  place?.querySelector(":scope > .report")?.remove();
  try {
    await act();
  } catch (error) {
    const text = /** @type {Error} */ (error).message;
    place?.append(h("p", { class: "report bad", role: "alert", "data-own": true }, text));
  } finally {
    busy.delete(button);
    delete button.dataset.busy;
  }
}
