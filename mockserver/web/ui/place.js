// Where the page is: the address of each view and of each object.

/** @typedef {{view: string, parts: string[], query: Record<string, string>}} Place */

export const VIEWS = [
  ["calls", "Calls"], ["webhooks", "Webhooks"], ["report", "Receivers"], ["requests", "Requests"], ["try", "Try it"],
  ["scenarios", "Scenarios"], ["accounts", "Accounts"], ["journal", "Journal"], ["sandboxes", "Sandboxes"],
];

/**
 * Parse the path behind `ui/` and the query.
 * @param {string} path @param {string} [search]
 * @returns {Place}
 */
export function parsePlace(path, search = "") {
  const [view = "", ...parts] = path.split("/").filter(Boolean).map(decode);
  return { view: view || "calls", parts, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string[]} parts
 * @param {Record<string, string>} [query] an empty value is left out
 */
export function formatPlace(parts, query = {}) {
  const kept = Object.entries(query).filter(([, value]) => value);
  const search = kept.length ? `?${new URLSearchParams(kept)}` : "";
  return parts.map(encodeURIComponent).join("/") + search;
}

/**
 * Parse a filter such as `state:ringing 9188`: words with a name, and words to search for.
 * @param {string} text @param {string[]} names
 * @returns {Record<string, string>}
 */
export function parseFilter(text, names) {
  /** @type {Record<string, string>} */
  const found = {};
  const rest = text.split(/\s+/).filter((word) => {
    const [name, value] = word.split(/:(.*)/s);
    if (!names.includes(name) || !value) return Boolean(word);
    found[name] = value;
    return false;
  });
  return rest.length ? { ...found, q: rest.join(" ") } : found;
}
