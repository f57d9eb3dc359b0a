// Reads an exported journal: its entries, and each call with its requests and webhooks.

/**
 * @typedef {{call: any, requests: any[], webhooks: any[], entries: any[]}} FileCall
 * @typedef {{name: string, heading: any, entries: any[], calls: FileCall[]}} JournalFile
 */

const FORMAT = 2; // of the export

/** @param {unknown} value */
const isText = (value) => typeof value === "string";

/** Type of an entry -> whether an entry has what a ladder needs. @type {Record<string, (entry: any) => boolean>} */
const CHECKS = {
  request: (entry) => isText(entry.request) && Array.isArray(entry.calls),
  event: (entry) => isText(entry.call) && isText(entry.event),
  "delivery-attempt": (entry) => isText(entry.call) && isText(entry.webhook) && Number.isInteger(entry.number),
  "webhook-dropped": (entry) => isText(entry.call) && isText(entry.webhook),
};

/**
 * Parse an export; the error of any other text says what it is, and what would be right.
 * @param {string} name of the file
 * @param {string} text
 * @returns {JournalFile}
 */
export function parseJournal(name, text) {
  const lines = text.trimEnd().split("\n").map((line, index) => parseLine(line, index + 1));
  const [heading, ...entries] = lines;
  checkHeading(name, heading);
  entries.forEach((entry, index) => {
    const isEntry = Number.isInteger(entry.id) && isText(entry.at) && isText(entry.type);
    if (!isEntry || CHECKS[entry.type]?.(entry) === false) {
      throw new Error(`Line ${index + 2} of ${name} is no entry of a journal.`);
    }
  });
  return { name, heading, entries, calls: findCalls(entries) };
}

/** @param {string} line @param {number} number */
function parseLine(line, number) {
  try {
    return Object(JSON.parse(line));
  } catch {
    throw new Error(`Line ${number} is not JSON. "Export .jsonl" of the journal and "mockserver ordeal --format json" write what can be shown here.`);
  }
}

/** @param {string} name @param {any} heading */
function checkHeading(name, heading) {
  if (heading.inputs) {
    throw new Error(`${name} is a log of inputs, which this page cannot play: "mockserver ui ${name}" shows it.`);
  }
  if (!heading.journal) {
    throw new Error(`${name} does not begin as a journal does: "Export .jsonl" writes one.`);
  }
  if (heading.journal !== FORMAT) {
    throw new Error(`mockserver ${heading.version} has written ${name} in format ${heading.journal}; this page reads format ${FORMAT}.`);
  }
}

/** @param {any[]} entries @returns {FileCall[]} in the order of their first entries */
function findCalls(entries) {
  /** @type {Map<string, FileCall>} */
  const calls = new Map();
  for (const entry of entries) {
    for (const id of new Set([entry.call, ...(entry.calls ?? [])])) {
      if (!isText(id)) continue;
      const found = calls.get(id) ?? { call: startCall(id, entry.at), requests: [], webhooks: [], entries: [] };
      calls.set(id, found);
      found.entries.push(entry);
      TAKERS[entry.type]?.(found, entry);
    }
  }
  return [...calls.values()];
}

/** @param {string} id @param {string} at */
const startCall = (id, at) => ({
  id, provider: "vendor", operation: "", state: "not ended", outcome: null, created_at: at, events: [], legs: [],
});

/** Type of an entry -> what a call takes over from it. @type {Record<string, (found: FileCall, entry: any) => void>} */
const TAKERS = {
  request: ({ call, requests }, entry) => {
    requests.push({ ...entry, id: entry.request });
    if (requests.length === 1) Object.assign(call, { provider: entry.provider, operation: entry.operation });
  },
  event: ({ call }, { id: _id, type: _type, call: _call, ...event }) => {
    call.events.push(event);
    if (event.leg) takeLeg(call, event);
    if (event.event === "ended") Object.assign(call, { state: "ended", outcome: event.outcome });
  },
  "delivery-attempt": ({ webhooks }, entry) => {
    const webhook = findWebhook(webhooks, entry);
    webhook.state = entry.state;
    webhook.attempts.push(entry);
  },
  "webhook-dropped": ({ webhooks }, entry) => {
    findWebhook(webhooks, entry).state = "dropped";
  },
};

/** A leg is known from its first event; the number is that of its latest ring. @param {any} call @param {any} event */
function takeLeg(call, { leg: name, role = "", number = "" }) {
  const leg = call.legs.find((/** @type {any} */ each) => each.name === name);
  if (!leg) call.legs.push({ name, role, number });
  else if (role) Object.assign(leg, { role, number });
}

/** @param {any[]} webhooks @param {any} entry */
function findWebhook(webhooks, { webhook: id, kind, url = "" }) {
  const known = webhooks.find((each) => each.id === id);
  if (known) return known;
  const webhook = { id, kind, url, state: "", attempts: /** @type {any[]} */ ([]) };
  webhooks.push(webhook);
  return webhook;
}
