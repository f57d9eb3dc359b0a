// The operations of a vendor, out of its OpenAPI document: examples, types of bodies, and refusals.

import { prefix, read } from "./api.js";
import { decodeBody, encodeBody, JSON_TYPE, plainType, typeHeader } from "./forms.js";

/**
 * @typedef {import("./forms.js").Fields} Fields
 * @typedef {{method: string, path: string, headers: Record<string, string>, body: string | null}} Sent
 * @typedef {{
 *   provider: string, operation: string, method: string, path: string, summary: string, types: string[],
 *   inQuery: string[], examples: {name: string, fields: Fields}[], faults: Record<string, any>,
 * }} Operation
 */

const METHODS = ["get", "put", "post", "delete", "patch"];
const SECRET = /key$|token|password|security/i; // names of fields that hold a credential

/** @param {string} provider @returns {Promise<Operation[]>} */
export async function readOperations(provider) {
  const document = await read(`/openapi/${encodeURIComponent(provider)}.json`);
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).flatMap((method) =>
      (item[method]["x-operations"] ?? [item[method]]).map((/** @type {any} */ entry) =>
        toOperation(document, entry, { provider, method: method.toUpperCase(), path }))));
}

/** @param {any} document @param {any} entry @param {{provider: string, method: string, path: string}} where */
function toOperation(document, entry, where) {
  const content = entry.requestBody?.content ?? {};
  const parameters = (entry.parameters ?? []).map((/** @type {any} */ each) => resolve(document, each));
  const types = Object.keys(content).sort((one, other) => Number(other === JSON_TYPE) - Number(one === JSON_TYPE));
  return {
    ...where, operation: entry.operationId, summary: entry.summary ?? "", types,
    inQuery: parameters.filter((/** @type {any} */ each) => each.in === "query").map((/** @type {any} */ each) => each.name),
    examples: examples(document, content[types[0]] ?? {}, parameters), faults: entry["x-faults"] ?? {},
  };
}

/** The fields of each documented request. @param {any} document @param {any} media @param {any[]} parameters */
function examples(document, media, parameters) {
  const named = Object.fromEntries(parameters.filter((each) => "example" in each).map((each) => [each.name, each.example]));
  const listed = Object.entries(media.examples ?? {}).map(([name, each]) =>
    ({ name, fields: { ...named, ...resolve(document, each).value } }));
  return listed.length ? listed : [{ name: "page", fields: named }];
}

/** @param {any} document @param {any} value */
function resolve(document, value) {
  if (!value?.$ref) return value;
  return value.$ref.slice(2).split("/").reduce((/** @type {any} */ at, /** @type {string} */ key) => at[key], document);
}

/** The type of a request's body. @param {{headers: Record<string, string>}} request */
export const typeOf = ({ headers }) => plainType(headers["content-type"]);

/** All fields of a request: of its path, its query and its body; null if the body cannot be read. @param {Operation} operation @param {Sent} request @returns {Fields | null} */
export function fieldsOf({ path }, request) {
  const [sent, query = ""] = request.path.split("?");
  const names = path.split("/");
  const parts = sent.split("/").slice(-names.length);
  const inPath = names.flatMap((name, index) => (name.startsWith("{") ? [[name.slice(1, -1), decodeURIComponent(parts[index] ?? "")]] : []));
  const inBody = decodeBody(request.body ?? "", typeOf(request));
  return inBody && { ...Object.fromEntries(inPath), ...Object.fromEntries(new URLSearchParams(query)), ...inBody };
}

/** Write the fields into a request of the operation, at the host and with the headers of another one. @param {Operation} operation @param {Sent} like @param {Fields} fields @returns {Sent} */
export function buildRequest({ provider, method, path, types, inQuery }, like, fields) {
  const rest = { ...fields };
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => {
    const { [name]: value = "" } = rest;
    delete rest[name];
    return encodeURIComponent(value);
  });
  const [host] = like.path.slice(prefix.length + provider.length + 2).split("/");
  const [query, inBody] = [true, false].map((wanted) => Object.fromEntries(Object.entries(rest).filter(([name, value]) =>
    (!types.length || inQuery.includes(name)) === wanted && (!wanted || value !== null))));
  const search = `${new URLSearchParams(query)}`;
  const { "content-type": _, ...headers } = like.headers;
  const type = types.includes(typeOf(like)) ? typeOf(like) : types[0];
  return {
    method, path: `${prefix}/${provider}/${host}${filled}${search && `?${search}`}`,
    headers: types.length ? { ...headers, "content-type": typeHeader(type) } : headers,
    body: types.length ? encodeBody(inBody, type) : "",
  };
}

/** The same request with a body of another type. @param {Sent} request @param {string} type @returns {Sent} */
export function withType(request, type) {
  const fields = decodeBody(request.body ?? "", typeOf(request));
  return {
    ...request, headers: { ...request.headers, "content-type": typeHeader(type) },
    body: fields ? encodeBody(fields, type) : request.body,
  };
}

/**
 * A documented example as the account would accept it: what all examples say is as in the request that
 * it accepts now, so that an id is that of an earlier call; what makes this example another stays.
 * @param {Operation} operation @param {number} index @param {Fields} accepted
 */
export function fillExample({ examples }, index, accepted) {
  const isShared = (/** @type {string} */ name) =>
    new Set(examples.map(({ fields }) => JSON.stringify(fields[name]))).size === 1;
  return replaced(examples[index].fields, accepted, (name) => isShared(name) || SECRET.test(name));
}

/** The fields with the credential of those that are accepted. @param {Fields} fields @param {Fields} accepted */
export const withSecrets = (fields, accepted) => replaced(fields, accepted, (name) => SECRET.test(name));

/** @param {Fields} fields @param {Fields} others @param {(name: string) => boolean} isReplaced @returns {Fields} */
const replaced = (fields, others, isReplaced) => Object.fromEntries(Object.entries(fields).map(([name, value]) =>
  [name, name in others && isReplaced(name) ? others[name] : value]));
