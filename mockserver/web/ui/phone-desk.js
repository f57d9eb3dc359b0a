// The phones: each leg that waits for a person, or at which one talks.

import { captured, h } from "./dom.js";
import { ask, read } from "./api.js";
import { say } from "./copy.js";
import { clockTime } from "./format.js";
import { live } from "./live.js";
import { Notifier, Reader } from "./phone-wishes.js";
import { report } from "./report.js";
import { Bell } from "./tones.js";
import { to } from "./router.js";
import { View } from "./view.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const OPEN = 2; // phones that are shown whole; the rest have one line each

export class PhoneDesk extends View {
  static ringing = 0;
  /** @type {any[]} */
  phones = [];
  bell = new Bell();
  notifier = new Notifier();
  reader = new Reader();
  /** @type {Record<string, any[]>} acts of the vendor that are possible now, by call */
  vendorActs = {};
  /** @type {Set<string>} phones that the person has used, which stay open */
  #held = new Set();

  acts = {
    act: (/** @type {HTMLElement} */ button) => this.#act(button),
    run: (/** @type {HTMLElement} */ button) => report(button, async () => {
      await ask("PUT", "/clock", { mode: "real", while: "on-the-phone" });
      await live.readClock();
    }),
    bell: () => {
      this.bell.toggle(PhoneDesk.ringing > 0);
      this.update();
    },
    notify: (/** @type {HTMLElement} */ button) => report(button, async () => {
      await this.notifier.toggle();
      this.update();
    }),
    read: (/** @type {HTMLElement} */ button) => report(button, async () => {
      await this.reader.toggle();
      this.update();
    }),
    vendor: (/** @type {any} */ form) => this.#send(form, {
      ...Object.fromEntries(new FormData(form)), event: form.dataset.event, leg: undefined,
    }),
    say: (/** @type {any} */ form) => {
      const input = form.querySelector("input");
      if (!input.value.trim()) return;
      this.#send(form, { event: "say", words: input.value.trim() });
      input.value = "";
    },
    open: (/** @type {HTMLElement} */ button) => {
      this.#hold(button.dataset.phone ?? "");
      return this.reload();
    },
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    live.addEventListener("again", () => this.reload(), { signal });
    live.addEventListener("calls", () => this.reload(), { signal });
    live.addEventListener("clock", () => this.update(), { signal });
    this.reload();
  }

  /** Read the phones; the banner says if the connection is lost. */
  async load() {
    const { phones } = await read("/phones");
    this.#show(phones);
    await this.#readActs();
  }

  /** The newest that rings comes first. @param {any[]} phones */
  #show(phones) {
    const known = new Set(this.phones.filter(({ state }) => state === "ringing").map(keyOf));
    this.phones = phones;
    this.#sort();
    const ringing = phones.filter(({ state }) => state === "ringing");
    for (const phone of ringing.filter((each) => !known.has(keyOf(each)))) {
      say(`Phone ${phone.number} rings, call ${phone.call}.`);
      this.notifier.ring(phone);
    }
    this.bell.follow(ringing.length > 0);
    this.reader.follow(phones);
    PhoneDesk.ringing = ringing.length;
    document.body.toggleAttribute("data-ringing", phones.length > 0);
    dispatchEvent(new Event("phones"));
    this.update();
  }

  /** Read what the vendor could do with the calls of the open phones. */
  async #readActs() {
    const calls = [...new Set(this.#open().map(({ call }) => call))];
    const acts = await Promise.all(calls.map((call) =>
      read(`/calls/${call}/acts`).then(({ can }) => can).catch(() => [])));
    this.vendorActs = Object.fromEntries(calls.map((call, index) =>
      [call, acts[index].filter((/** @type {any} */ act) => !act.leg)]));
    this.update();
  }

  #open() {
    return this.phones.filter((phone, index) => index < OPEN || this.#held.has(keyOf(phone)));
  }

  /** Those in use come first, then those that ring, the newest first. */
  #sort() {
    const rank = (/** @type {any} */ phone) =>
      `${Number(this.#held.has(keyOf(phone)))}${Number(phone.state === "ringing")}${phone.since}`;
    this.phones.sort((one, other) => (rank(one) < rank(other) ? 1 : -1));
  }

  /** @param {string} key */
  #hold(key) {
    this.#held.add(key);
    this.#sort();
    this.update();
  }

  /** @param {HTMLElement} button */
  #act(button) {
    const { event, cause, digits } = button.dataset;
    if (digits) this.bell.key(digits);
    return this.#send(button, { event, cause, digits });
  }

  /** @param {HTMLElement} target @param {object} content */
  #send(target, content) {
    const { call = "", leg = "" } = /** @type {HTMLElement} */ (target.closest(".phone")).dataset;
    this.#hold(keyOf({ call, leg }));
    return report(target, async () => {
      await ask("POST", `/calls/${call}/events`, { leg, ...content });
      await this.reload();
    });
  }

  content() {
    const isStanding = live.clock?.mode === "manual" && this.phones.length > 0;
    return [
      h("h2", {}, "Phones"),
      h("div", { class: "acts wishes", "data-key": "wishes", "data-reports": true, role: "group", "aria-label": "sound of the phones" },
        wish("bell", "Sound", this.bell.isOn), wish("notify", "Notify", this.notifier.isOn),
        wish("read", "Read aloud", this.reader.isOn)),
      isStanding ? h("p", { class: "small muted", "data-reports": true, "data-key": "stands" },
        "The clock stands: move it to hear what comes next. ",
        h("button", { "data-click": "run", "data-acting": true }, "Run while I phone")) : null,
      this.phones.length ? null : h("p", { class: "muted" }, "No leg waits for a person."),
      this.phones.map((phone) => (this.#open().includes(phone)
        ? openPhone(phone, this.vendorActs[phone.call] ?? []) : closedPhone(phone))),
    ];
  }
}

/** A switch. @param {string} act @param {string} label @param {boolean} isOn */
function wish(act, label, isOn) {
  return h("button", { "data-click": act, "data-key": act, "aria-pressed": String(isOn), class: "small" },
    `${label}: ${isOn ? "on" : "off"}`);
}

/** @param {any} phone */
const keyOf = ({ call, leg }) => `${call}-${leg}`;

/** @param {any} phone */
function closedPhone(phone) {
  return h("p", { "data-key": `closed-${keyOf(phone)}` },
    h("button", { "data-click": "open", "data-phone": keyOf(phone) }, `${phone.call}: ${phone.number} ${wordOf(phone)}`));
}

/** @param {any} phone */
const wordOf = ({ state }) => (state === "ringing" ? "rings" : "talks");

/** @param {any} phone @param {any[]} vendorActs */
function openPhone(phone, vendorActs) {
  const { call, leg, role, number, state, heard, since } = phone;
  const isRinging = state === "ringing";
  return h("section", {
    class: `phone ${wordOf(phone)}`, tabindex: "-1", "data-key": keyOf(phone), "data-call": call, "data-leg": leg,
    "data-reports": true, "aria-label": `phone ${number} of call ${call}`,
  },
  h("h3", {}, captured(number), " ", h("span", { class: `pill ${isRinging ? "ring" : "ok"}` }, wordOf(phone))),
  h("p", { class: "small" }, h("a", { href: to(`calls/${call}`) }, call), `: you are ${leg}, ${role}, since ${clockTime(since)}`),
  heard.length ? h("p", { class: "hears" }, "hears ", captured(`"${heard.at(-1).text}"`)) : null,
  isRinging ? ringingActs() : talkingActs(),
  vendorActs.length ? h("details", { "data-key": "vendor" }, h("summary", {}, `${phone.provider} can do`),
    vendorActs.map(vendorAct)) : null);
}

/** An act of the vendor, with a field for each argument. @param {any} act */
function vendorAct({ event, arguments: names, choices }) {
  return h("form", { "data-submit": "vendor", "data-event": event, "data-key": event },
    names.map((/** @type {string} */ name) => (choices[name]
      ? h("select", { name, "aria-label": name }, h("option", { value: "" }, name),
        choices[name].map((/** @type {string} */ value) => h("option", { value }, value)))
      : h("input", { name, placeholder: name, "aria-label": name }))),
    h("button", { "data-acting": true }, event));
}

/** @param {string} label @param {string} event @param {object} [more] */
const button = (label, event, more = {}) =>
  h("button", { "data-click": "act", "data-acting": true, "data-event": event, "data-key": label, ...more }, label);

function ringingActs() {
  return h("div", { class: "acts", "data-key": "ringing" },
    button("Answer", "answer", { class: "main" }), button("Decline", "hangup", { "data-cause": "rejected" }),
    button("Busy", "hangup", { "data-cause": "busy" }), button("No answer", "hangup", { "data-cause": "no-answer" }));
}

function talkingActs() {
  return [
    h("div", { class: "pad", "data-key": "pad", role: "group", "aria-label": "keypad" },
      KEYS.map((digits) => button(digits, "press", { "data-digits": digits, "data-repeats": true }))),
    h("form", { "data-submit": "say", "data-key": "say" },
      h("input", { "aria-label": "words to say", placeholder: "say ..." }), h("button", { "data-acting": true }, "Say")),
    h("div", { class: "acts", "data-key": "talking" }, button("Hang up", "hangup", { "data-cause": "normal" })),
  ];
}
