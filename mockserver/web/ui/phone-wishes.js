// What a person may wish of the phones beside their bell: notifications, and prompts read aloud. Both are off at first.

const NOTIFY = "mockserver-notifications";
const READ = "mockserver-reading";
const WAIT = 1000; // ms in which a browser finds its voices

/** @param {string} name */
const isStored = (name) => localStorage.getItem(name) === "on";

/** @param {string} name @param {boolean} isOn */
const store = (name, isOn) => localStorage.setItem(name, isOn ? "on" : "off");

/** Notifications of phones that ring while one looks elsewhere. */
export class Notifier {
  get isOn() {
    return isStored(NOTIFY) && globalThis.Notification?.permission === "granted";
  }

  /** Switch them on or off; the browser asks the person, which it does after a click alone. */
  async toggle() {
    if (this.isOn) return store(NOTIFY, false);
    const answer = await globalThis.Notification?.requestPermission();
    if (answer !== "granted") {
      throw new Error("The browser does not allow it: see its settings of this page. It needs HTTPS or this machine.");
    }
    store(NOTIFY, true);
  }

  /** @param {any} phone */
  ring({ number, call, leg }) {
    if (!this.isOn || document.hasFocus()) return;
    const notification = new Notification(`${number} rings`, { body: `Call ${call}, leg ${leg}`, tag: `${location.pathname} ${call}-${leg}` });
    notification.onclick = () => {
      focus();
      notification.close();
    };
  }
}

/** Reads prompts aloud, by a voice of this machine: no other one may get what a call says. */
export class Reader {
  isOn = isStored(READ);
  /** @type {Set<string>} prompts that have been read, or were there before */
  #known = new Set();

  async toggle() {
    if (!this.isOn && !await findVoice()) throw new Error("This browser has no voice on this machine.");
    this.isOn = !this.isOn;
    store(READ, this.isOn);
    if (!this.isOn) speechSynthesis.cancel();
  }

  /** Read what the phones hear that is new. @param {any[]} phones */
  follow(phones) {
    const prompts = phones.flatMap(({ call, leg, heard }) =>
      heard.map((/** @type {any} */ { at, text }) => ({ key: `${call}-${leg}-${at}-${text}`, text })));
    const fresh = prompts.filter(({ key }) => !this.#known.has(key));
    this.#known = new Set(prompts.map(({ key }) => key));
    if (this.isOn) for (const { text } of fresh) this.#read(text);
  }

  /** @param {string} text */
  async #read(text) {
    const voice = await findVoice();
    if (!voice) return;
    const words = new SpeechSynthesisUtterance(text);
    words.voice = voice;
    speechSynthesis.speak(words);
  }
}

/** A voice of this machine, preferably that of the browser's language. */
async function findVoice() {
  if (!globalThis.speechSynthesis) return undefined;
  if (!speechSynthesis.getVoices().length) {
    await Promise.race([
      new Promise((resolve) => speechSynthesis.addEventListener("voiceschanged", resolve, { once: true })),
      new Promise((resolve) => setTimeout(resolve, WAIT)),
    ]);
  }
  const own = speechSynthesis.getVoices().filter(({ localService }) => localService);
  return own.find(({ lang }) => lang === navigator.language) ?? own[0];
}
