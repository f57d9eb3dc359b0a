// Words times, distances and states for people. Nothing here reads the page.

/** @param {string | null | undefined} iso */
export const clockTime = (iso) => (iso ? iso.slice(11, 19) : "");

/** @param {string | null | undefined} iso */
export const fullTime = (iso) => (iso ? iso.replace("T", " ") : "");

/**
 * A distance such as `+1.8s`, `4 min`, `33 h`.
 * @param {number} ms
 */
export function distance(ms) {
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`;
  if (ms < 3_600_000) return `${Number((ms / 60_000).toFixed(1))} min`;
  if (ms < 172_800_000) return `${Number((ms / 3_600_000).toFixed(1))} h`;
  return `${Number((ms / 86_400_000).toFixed(1))} days`;
}

/** @param {string} from @param {string} to */
export const between = (from, to) => Date.parse(to) - Date.parse(from);

/** What a call is doing, in one word. @param {any} call */
export function callWord(call) {
  if (call.state === "ended") return call.outcome ?? "ended";
  const person = call.waiting?.find((/** @type {any} */ each) => each.for === "person");
  return person?.leg ? `${person.leg} rings` : call.state;
}

/** The colors of outcomes and states: each is shown with its word. */
const TONES = /** @type {Record<string, string>} */ ({
  completed: "ok", answered: "ok", bridged: "ok", delivered: "ok",
  busy: "bad", "no-answer": "bad", rejected: "bad", unreachable: "bad", "invalid-number": "bad",
  failed: "bad", cancelled: "bad", refused: "bad", dropped: "bad",
  ringing: "ring", pending: "hook", queued: "muted", scheduled: "muted",
});

/** @param {string} word */
export const tone = (word) => TONES[word] ?? (word.endsWith(" rings") ? "ring" : "muted");

/** @param {number | null | undefined} status */
export const statusTone = (status) => (status && status < 400 ? "ok" : "bad");

/** The number of an id such as `c12`. @param {string} id */
export const idNumber = (id) => Number(id.slice(1)) || 0;

/** @param {number} count @param {string} noun */
export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
