// Sounds: the bell of a phone and the tones of its keys. They are off until somebody wants them.

const STORED = "mockserver-sound";
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const KEYS = ["123", "456", "789", "*0#"];
const RING = [400, 450];
const BURSTS = [0, 0.6]; // s: when the bell sounds in a period of 3 s
const RAMP = 0.005;

/** The two frequencies of a key. @param {string} key @returns {number[]} */
export function keyTones(key) {
  const row = KEYS.findIndex((keys) => keys.includes(key));
  return row < 0 ? [] : [ROWS[row], COLUMNS[KEYS[row].indexOf(key)]];
}

export class Bell {
  isOn = localStorage.getItem(STORED) === "on";
  /** @type {AudioContext | null} */
  #context = null;
  #timer = 0;

  /** A click unlocks the sound, which browsers demand. @param {boolean} isRinging */
  toggle(isRinging) {
    this.isOn = !this.isOn;
    localStorage.setItem(STORED, this.isOn ? "on" : "off");
    this.follow(isRinging);
  }

  /** @param {boolean} isRinging */
  follow(isRinging) {
    const shouldRing = isRinging && this.isOn;
    if (shouldRing === Boolean(this.#timer)) return;
    clearInterval(this.#timer);
    this.#timer = 0;
    if (!shouldRing) return;
    const ring = () => BURSTS.forEach((start) => this.#play(RING, start, 0.4));
    ring();
    this.#timer = setInterval(ring, 3000);
  }

  /** @param {string} digits */
  key(digits) {
    if (this.isOn) this.#play(keyTones(digits), 0, 0.12);
  }

  /** @param {number[]} frequencies @param {number} start @param {number} seconds */
  #play(frequencies, start, seconds) {
    this.#context ??= new AudioContext();
    const context = this.#context;
    const begin = context.currentTime + start;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(0.1, begin + RAMP);
    gain.gain.setValueAtTime(0.1, begin + seconds - RAMP);
    gain.gain.linearRampToValueAtTime(0, begin + seconds);
    gain.connect(context.destination);
    for (const frequency of frequencies) {
      const oscillator = new OscillatorNode(context, { frequency });
      oscillator.connect(gain);
      oscillator.start(begin);
      oscillator.stop(begin + seconds);
    }
  }
}
