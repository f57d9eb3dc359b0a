// Keys of the page; the help lists them and switches them off.

import { h } from "./dom.js";
import { live } from "./live.js";
import { place, visit } from "./router.js";

const STORED = "mockserver-keys";
const VIEWS = /** @type {Record<string, string>} */ ({
  c: "calls", w: "webhooks", v: "report", r: "requests", t: "try", s: "scenarios", a: "accounts", j: "journal", b: "sandboxes",
});
const HELP = [
  ["/", "go to the filter"], ["j, k", "next, previous row"], ["Enter", "open the row"],
  ["Esc", "back to the list"], ["g, then c w v r t s a j b", "go to a view"], [".", "clock +10 s"],
  [">", "clock to the next step"], ["p", "go to the phone that rings"],
  ["a, d, digits, h", "in a phone: answer, decline, press, hang up"], ["?", "this help"],
];

let isAfterG = false;

const isOn = () => localStorage.getItem(STORED) !== "off";

/**
 * Click a button of the clock as it is in the next frame; a key that is pressed while the page loads waits for that.
 * @param {string} selector
 */
function click(selector) {
  const isLoading = !live.clock || live.link.state === "connecting";
  const button = () => /** @type {HTMLElement | null} */ (document.querySelector(selector));
  if (isLoading) live.addEventListener("clock", () => click(selector), { once: true });
  else requestAnimationFrame(() => requestAnimationFrame(() => button()?.click()));
}

/** @param {number} step */
function moveRow(step) {
  const rows = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".row a"))];
  const now = rows.findIndex((row) => row === document.activeElement || row.ariaCurrent === "true");
  rows[Math.max(0, Math.min(rows.length - 1, now + step))]?.focus();
}

/** @type {Record<string, () => void>} */
const KEYS = {
  "/": () => /** @type {HTMLElement | null} */ (document.querySelector("input[type=search]"))?.focus(),
  j: () => moveRow(1),
  ArrowDown: () => moveRow(1),
  k: () => moveRow(-1),
  ArrowUp: () => moveRow(-1),
  ".": () => click("clock-bar [data-by='10s']"),
  ">": () => click("clock-bar [data-click=next]"),
  p: () => /** @type {HTMLElement | null} */ (document.querySelector("phone-desk .phone.rings"))?.focus(),
  "?": showHelp,
  g: () => {
    isAfterG = true;
  },
};

const PHONE_KEYS = /** @type {Record<string, string>} */ ({
  a: "[data-event=answer]", d: "[data-cause=rejected]", h: "[data-cause=normal]",
});

/** A key in a phone. @param {Element} phone @param {string} key */
function pressInPhone(phone, key) {
  const selector = /^[0-9*#]$/.test(key) ? `[data-digits="${key}"]` : PHONE_KEYS[key];
  const button = selector && phone.querySelector(selector);
  if (button) /** @type {HTMLElement} */ (button).click();
  return Boolean(button);
}

/** Leave a field or a dialog, else go from the object to its list. */
function leave() {
  const active = /** @type {HTMLElement | null} */ (document.activeElement);
  if (active?.matches("input, textarea, select")) return active.blur();
  const { view, parts: [object], query } = place();
  return object ? visit([view], query) : undefined;
}

export function bindKeys() {
  addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || document.querySelector("dialog[open]")) return;
    if (key === "Escape") return leave();
    if (!isOn() || !(target instanceof Element) || target.closest("input, textarea, select")) return;
    const phone = target.closest(".phone");
    if (phone && pressInPhone(phone, key)) return event.preventDefault();
    if (isAfterG) {
      isAfterG = false;
      if (VIEWS[key]) visit([VIEWS[key]]);
      return;
    }
    if (!KEYS[key]) return;
    event.preventDefault();
    KEYS[key]();
  });
  addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("#help")) showHelp();
  });
}

function showHelp() {
  const toggle = h("input", { type: "checkbox", id: "keys-on" });
  toggle.checked = isOn();
  toggle.addEventListener("change", () => localStorage.setItem(STORED, toggle.checked ? "on" : "off"));
  const close = h("button", {}, "Close");
  const dialog = h("dialog", { "aria-label": "keys" }, h("h2", {}, "Keys"),
    h("dl", { class: "keys" }, HELP.map(([key, text]) => [h("dt", {}, key), h("dd", {}, text)])),
    h("p", {}, toggle, h("label", { for: "keys-on" }, " keys of one letter are on")), close);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
