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
  const leg = personLeg(call);
  return leg ? `${leg} rings` : call.state;
}

/** The leg at which a person is rung. @param {any} call @returns {string | undefined} */
const personLeg = (call) => call.waiting?.find((/** @type {any} */ each) => each.for === "person")?.leg;

/** The colors of outcomes and states: each is shown with its word. */
const TONES = /** @type {Record<string, string>} */ ({
  right: "ok", wrong: "bad", completed: "ok", answered: "ok", bridged: "ok", delivered: "ok",
  busy: "bad", "no-answer": "bad", rejected: "bad", unreachable: "bad", "invalid-number": "bad",
  failed: "bad", cancelled: "bad", refused: "bad", dropped: "bad",
  ringing: "ring", pending: "hook", queued: "muted", scheduled: "muted",
});

/** @param {string} word */
export const tone = (word) => TONES[word] ?? "muted";

/** The color of what a call is doing. @param {any} call */
export const callTone = (call) => (call.state !== "ended" && personLeg(call) ? "ring" : tone(callWord(call)));

/** @param {number | null | undefined} status */
export const statusTone = (status) => (status && status < 400 ? "ok" : "bad");

/** The number of an id such as `c12`. @param {string} id */
export const idNumber = (id) => Number(id.slice(1)) || 0;

/** Numbers by name, such as `200: 2, 500: 1`. @param {unknown} numbers */
export const named = (numbers) =>
  Object.entries(numbers ?? {}).map(([name, number]) => `${name}: ${number}`).join(", ") || "none";

/** @param {number} count @param {string} noun */
export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
