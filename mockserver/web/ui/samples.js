// Sample requests that an account accepts now, and how a request is sent as a client would.

import { ask, Problem, read } from "./api.js";
import { sentBody } from "./forms.js";
import { typeOf } from "./operations.js";

/** @typedef {import("./operations.js").Sent} Sent */

/** Header names that a browser lets no page send. */
const FORBIDDEN = /^(accept-charset|accept-encoding|access-control-.*|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|proxy-.*|referer|sec-.*|set-cookie|te|trailer|transfer-encoding|upgrade|via)$/i;

/**
 * A request that an account accepts now, with its credential; ids in it are those of earlier calls.
 * @param {string} provider @param {string} operation @param {{account?: string, fields?: any}} [more]
 * @returns {Promise<Sent & {account: string}>}
 */
export const makeSample = (provider, operation, more = {}) =>
  ask("POST", `/samples/${encodeURIComponent(provider)}/${encodeURIComponent(operation)}`, more);

/** What of a request a page cannot send; empty if it can. @param {Sent} request */
export function unsendable({ method, headers, body }) {
  const names = Object.keys(headers).filter((name) => FORBIDDEN.test(name));
  if (names.length) return `the header ${names.join(", ")}`;
  return body && /^(GET|HEAD)$/.test(method) ? `a body with ${method}` : "";
}

/** Send a request as a client of the vendor would. @param {Sent} request */
export async function sendSample(request) {
  const { method, path, headers, body } = request;
  const reason = unsendable(request);
  if (reason) throw new Problem(0, "unsendable", `A page cannot send ${reason}: copy it as curl.`);
  const content = sentBody(body ?? "", typeOf(request));
  try {
    const response = await fetch(path, {
      method, headers, body: content || undefined, credentials: "omit", redirect: "manual", cache: "no-store",
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch {
    const [last] = (await read("/requests?order=newest&limit=1&fields=summary").catch(() => ({ requests: [] }))).requests;
    throw new Problem(0, "no-answer", `The connection broke without an answer. ${last ? `Request ${last.id} says what ordered it.` : ""}`);
  }
}

/**
 * A copy of a value with another value at a path such as `ivrs[1].record.id`.
 * @param {any} value @param {string} path @param {unknown} sample
 */
export function setField(value, path, sample) {
  const copy = structuredClone(value);
  const keys = path.replace(/\[(\d+)\]/g, ".$1").split(".").filter(Boolean);
  const last = keys.pop() ?? "";
  const parent = keys.reduce((/** @type {any} */ at, key) => (at[key] ??= {}), copy);
  parent[last] = sample;
  return copy;
}
