// Makes the rows of a ladder diagram out of a call, its requests and its webhooks.

import { between, distance } from "./format.js";

/**
 * @typedef {{name: string, label: string, number: string}} Lane
 * @typedef {{
 *   key: string, at: string, since: string, type: "arrow" | "note" | "gap" | "heading",
 *   from?: string, to?: string, words: string, tone: string, isDashed?: boolean,
 *   opens?: string, bars?: Record<string, string>,
 * }} Row `at` is empty if it has no time
 */

const GAP = 60_000; // ms: a longer pause is a row of its own
const APP = "app";
const VENDOR = "vendor";
const ORDINALS = ["1st", "2nd", "3rd"];

/** @param {number} number */
const ordinal = (number) => ORDINALS[number - 1] ?? `${number}th`;

/** @type {Record<string, (event: any) => Partial<Row>>} */
const EVENTS = {
  ring: ({ leg }) => ({ from: VENDOR, to: leg, words: "ring", tone: "ring" }),
  answer: ({ leg }) => ({ from: leg, to: VENDOR, words: "answer", tone: "ok", isDashed: true }),
  machine: ({ leg }) => ({ from: leg, to: VENDOR, words: "a machine answers", tone: "muted" }),
  press: ({ leg, digits }) => ({ from: leg, to: VENDOR, words: `key ${digits}`, tone: "request" }),
  say: ({ leg, words }) => ({ from: leg, to: VENDOR, words: `says "${words}"`, tone: "request" }),
  play: ({ leg, text }) => ({ from: VENDOR, to: leg, words: `plays "${text ?? ""}"`, tone: "muted" }),
  sms: ({ leg, to, text }) => ({
    from: VENDOR, to: leg ?? VENDOR, words: `SMS to ${to ?? ""}: ${text ?? ""}`, tone: "muted",
  }),
  hangup: ({ leg, cause, q850 }) => ({
    from: leg, to: VENDOR, tone: cause === "normal" ? "muted" : "bad",
    words: cause === "normal" ? "hang up" : `hang up: ${cause}${q850 ? ` (${q850})` : ""}`,
  }),
  bridge: () => ({ words: "bridge", tone: "ok" }),
  ended: ({ outcome }) => ({ words: `ended: ${outcome}`, tone: "muted" }),
};
const HIDDEN = new Set(["placed", "attempt-ended", "poll"]);

/**
 * @param {any} call
 * @returns {Lane[]}
 */
export function lanes(call) {
  return [
    { name: APP, label: "your app", number: "" },
    { name: VENDOR, label: call.provider, number: "" },
    ...allLegs(call).map((leg) => ({
      name: leg.name, label: `${leg.name} ${leg.role}`, number: leg.number,
    })),
  ];
}

/** The legs of all attempts, each once. @param {any} call @returns {any[]} */
function allLegs(call) {
  const legs = [...(call.attempts ?? []).flatMap((/** @type {any} */ each) => each.legs), ...call.legs];
  return [...new Map(legs.map((leg) => [leg.name, leg])).values()]
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * @param {any} call @param {any[]} requests @param {any[]} webhooks
 * @returns {Row[]}
 */
export function ladderRows(call, requests, webhooks) {
  const rows = [
    ...requests.flatMap(requestRows), ...eventRows(call), ...webhooks.flatMap(webhookRows),
  ].map((row, index) => ({ row, index }));
  rows.sort((one, other) =>
    timeOf(one.row) - timeOf(other.row) || one.index - other.index);
  return withBars(withDistances(rows.map(({ row }) => row)), call);
}

/** What never happened has no time, and comes last. @param {Row} row */
const timeOf = ({ at }) => (at ? Date.parse(at) : Infinity);

/** @param {any} request @returns {Row[]} */
function requestRows({ id, at, method, operation, status, fault }) {
  const common = { at, since: "", type: /** @type {const} */ ("arrow"), opens: `requests/${id}` };
  return [
    { ...common, key: `${id}`, from: APP, to: VENDOR, tone: "request", words: `${method} ${operation}` },
    {
      ...common, key: `${id}-answer`, from: VENDOR, to: APP, isDashed: true,
      tone: status && status < 400 ? "request" : "bad",
      words: status ? `${status}${fault ? ` ${fault}` : ""}` : "no answer",
    },
  ];
}

/** @param {any} call @returns {Row[]} */
function eventRows(call) {
  /** @type {Row[]} */
  const rows = [];
  let attempt = 0;
  call.events.forEach((/** @type {any} */ event, /** @type {number} */ index) => {
    const common = { key: `e${index}`, at: event.at, since: "" };
    if (event.event === "begin") {
      attempt += 1;
      if (attempt > 1) rows.push({ ...common, type: "heading", words: `attempt ${attempt}`, tone: "muted" });
    } else if (!HIDDEN.has(event.event)) {
      rows.push({ ...common, ...eventRow(event) });
    }
  });
  return rows;
}

/** @param {any} event @returns {any} */
function eventRow(event) {
  const row = EVENTS[event.event]?.(event) ?? { words: vendorWords(event), tone: "muted" };
  const words = event.by === "control" ? `${row.words} (you)` : row.words;
  return { ...row, words, event, type: row.from ? "arrow" : "note" };
}

/** A vendor's own event with its arguments. @param {any} event */
function vendorWords({ at: _at, event, leg: _leg, by: _by, ...data }) {
  const shown = Object.entries(data).map(([name, value]) => `${name} ${value}`);
  return [event, ...shown].join(", ");
}

/** @param {any} webhook @returns {Row[]} */
function webhookRows({ id, kind, attempts, state, next_attempt_at: next, url }) {
  const opens = `webhooks/${id}`;
  const rows = attempts.flatMap((/** @type {any} */ attempt) => attemptRows(id, kind, attempt, opens));
  if (state === "pending" && next) {
    rows.push({
      key: `${id}-due`, at: next, since: "", type: "note", tone: "hook", opens,
      words: `${id} ${kind} is due`,
    });
  }
  if (!attempts.length && (state === "dropped" || state === "refused")) {
    const note = { since: "", type: "note", tone: "bad", opens, words: `${id} ${kind} ${state}${state === "refused" ? `: ${url}` : ""}` };
    rows.push({ ...note, key: `${id}-${state}`, at: "" });
  }
  return rows;
}

/** @param {string} id @param {string} kind @param {any} attempt @param {string} opens @returns {Row[]} */
function attemptRows(id, kind, { number, at, status, error }, opens) {
  const common = { at, since: "", type: /** @type {const} */ ("arrow"), opens };
  const isAccepted = status && status < 300;
  return [
    {
      ...common, key: `${id}-${number}`, from: VENDOR, to: APP, tone: "hook",
      words: `${id} ${kind}, ${ordinal(number)}`,
    },
    {
      ...common, key: `${id}-${number}-answer`, from: APP, to: VENDOR, isDashed: true,
      tone: isAccepted ? "ok" : "bad", words: String(status ?? error ?? "no answer"),
    },
  ];
}

/** Show equal times once, how long a row is after the one above, and long pauses as rows. */
function withDistances(/** @type {Row[]} */ rows) {
  /** @type {Row[]} */
  const spaced = [];
  let before = rows[0]?.at;
  for (const row of rows) {
    const gap = row.at ? between(before, row.at) : 0;
    if (gap >= GAP) {
      const words = distance(gap);
      spaced.push({ key: `gap-${row.key}`, at: "", since: "", type: "gap", words, tone: "muted" });
    }
    const since = gap > 0 && gap < GAP ? `+${distance(gap)}` : "";
    const isShown = gap > 0 || spaced.length === 0;
    spaced.push({ ...row, at: isShown ? row.at : "", since });
    before = row.at || before;
  }
  return spaced;
}

/** What each leg is doing at a row: it rings, it talks. */
function withBars(/** @type {Row[]} */ rows, /** @type {any} */ call) {
  /** @type {Record<string, string>} */
  let bars = {};
  const states = /** @type {Record<string, string>} */ ({ ring: "rings", answer: "talks", hangup: "", leave: "" });
  return rows.map((row) => {
    const event = /** @type {any} */ (row).event;
    const legs = event?.leg ? [event.leg] : event?.event === "ended" ? call.legs.map((/** @type {any} */ leg) => leg.name) : [];
    const state = event?.event === "ended" ? "" : states[event?.event];
    if (state !== undefined) {
      bars = { ...bars };
      for (const leg of legs) bars[leg] = state;
    }
    return { ...row, bars };
  });
}
