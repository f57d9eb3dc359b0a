// Sample requests of each operation, out of the OpenAPI document of its vendor; and how to send one.

import { Problem, prefix, read } from "./api.js";

const ANY = "any-key"; // a credential that the bundled accounts take

/**
 * @typedef {{name: string, summary: string, value: any}} Example
 * @typedef {{
 *   provider: string, operation: string, method: string, path: string, summary: string,
 *   headers: Record<string, string>, query: Record<string, string>, examples: Example[],
 * }} Operation
 */

/** @param {string} provider @returns {Promise<Operation[]>} */
export async function readOperations(provider) {
  const document = await read(`/openapi/${encodeURIComponent(provider)}.json`);
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).filter(([, each]) => each.operationId).map(([method, each]) => ({
      provider, operation: each.operationId, method: method.toUpperCase(),
      path: `/${provider}${path}`, summary: each.summary ?? "",
      ...credentials(document, each), examples: examples(document, each),
    })));
}

/** @param {any} document @param {any} operation */
function credentials(document, operation) {
  const schemes = document.components?.securitySchemes ?? {};
  const [names = {}] = operation.security ?? document.security ?? [];
  /** @type {Record<string, string>} */
  const headers = {};
  /** @type {Record<string, string>} */
  const query = {};
  for (const name of Object.keys(names)) {
    const scheme = schemes[name] ?? {};
    if (scheme.scheme === "bearer") headers.authorization = `Bearer ${ANY}`;
    else if (scheme.scheme === "basic") headers.authorization = `Basic ${btoa(`${ANY}:${ANY}`)}`;
    else if (scheme.in === "query") query[scheme.name] = ANY;
    else if (scheme.in === "header") headers[scheme.name] = ANY;
  }
  return { headers, query };
}

/** @param {any} document @param {any} operation @returns {Example[]} */
function examples(document, operation) {
  const content = operation.requestBody?.content ?? {};
  const media = content["application/json"] ?? Object.values(content)[0] ?? {};
  const listed = Object.entries(media.examples ?? {}).map(([name, each]) => {
    const { summary = "", value } = resolve(document, each);
    return { name, summary, value };
  });
  if (listed.length) return listed;
  return media.example === undefined ? [] : [{ name: "example", summary: "", value: media.example }];
}

/** @param {any} document @param {any} value */
function resolve(document, value) {
  if (!value?.$ref) return value;
  return value.$ref.slice(2).split("/").reduce((/** @type {any} */ at, /** @type {string} */ key) => at[key], document);
}

/** Headers with a working credential. @param {string} provider @param {string} operation */
export async function workingHeaders(provider, operation) {
  const operations = await readOperations(provider);
  return operations.find((each) => each.operation === operation)?.headers ?? {};
}

/** The URL of an operation in this sandbox. @param {Operation} operation */
export function urlOf({ path, query }) {
  const search = new URLSearchParams(query).toString();
  return `${prefix}${path}${search ? `?${search}` : ""}`;
}

/**
 * Send a request as a client of the vendor would.
 * @param {{method: string, url: string, headers: Record<string, string>, body: string}} request
 */
export async function sendSample({ method, url, headers, body }) {
  const hasBody = body && method !== "GET";
  try {
    const response = await fetch(url, {
      method, headers, body: hasBody ? body : undefined,
      credentials: "omit", redirect: "manual", cache: "no-store",
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch {
    throw new Problem(0, "no-answer", "The connection broke without an answer. Requests says what ordered it.");
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
