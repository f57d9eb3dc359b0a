// Copies a text; where the browser has no clipboard, the text is shown and selected.

import { h } from "./dom.js";

/** @param {string} text @param {HTMLElement} button says that it is copied */
export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
    flash(button, "Copied");
  } catch {
    showSelected(text);
  }
}

/** @param {HTMLElement} button @param {string} word */
function flash(button, word) {
  const before = button.textContent;
  button.textContent = word;
  setTimeout(() => {
    button.textContent = before;
  }, 1500);
}

/** @param {string} text */
function showSelected(text) {
  const area = h("textarea", { rows: "8", "aria-label": "text to copy", readonly: true });
  area.value = text;
  const close = h("button", {}, "Close");
  const dialog = h("dialog", {}, h("p", {}, "Copy this text:"), area, close);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}

const PAUSE = 2000; // ms between two texts of the live region
let spokenAt = 0;
let waiting = "";

/** Say a sentence in the live region; those that come too soon are said together. @param {string} text */
export function say(text) {
  const isFirst = !waiting;
  waiting += `${text} `;
  if (isFirst) setTimeout(speak, Math.max(0, spokenAt + PAUSE - Date.now()));
}

function speak() {
  const region = document.getElementById("spoken");
  if (region) region.textContent = waiting.trim();
  waiting = "";
  spokenAt = Date.now();
}
