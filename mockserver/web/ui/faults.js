// Provokes a refusal as the OpenAPI document of the vendor says it, in `x-faults`.

import { ask, read } from "./api.js";
import { JSON_TYPE } from "./forms.js";
import { buildRequest, fieldsOf, withSecrets } from "./operations.js";
import { sendSample } from "./samples.js";

/**
 * @typedef {import("./operations.js").Sent} Sent
 * @typedef {import("./operations.js").Operation} Operation
 */

const NO_CALL = 999_999; // an id that no call has

/** @param {any} value */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Apply a JSON Merge Patch (RFC 7396). @param {any} value @param {any} patch @returns {any} */
function merge(value, patch) {
  if (!isObject(patch)) return patch;
  const changed = isObject(value) ? { ...value } : {};
  for (const [name, each] of Object.entries(patch)) {
    if (each === null) delete changed[name];
    else changed[name] = merge(changed[name], each);
  }
  return changed;
}

/** The patch that takes a patch back. @param {any} patch @param {any} before @returns {any} */
const undo = (patch, before) => Object.fromEntries(Object.entries(patch).map(([name, value]) =>
  [name, isObject(value) && isObject(before[name]) ? undo(value, before[name]) : before[name] ?? null]));

/** The fields with another id of a call, wherever they have a number for one. @param {any} fields @param {number} id @returns {any} */
function withId(fields, id) {
  if (Array.isArray(fields)) return fields.map((each) => withId(each, id));
  if (!isObject(fields)) return fields;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => {
    if (/^id$/i.test(name) && Number(value)) return [name, id];
    return [name, /idlist$/i.test(name) && Array.isArray(value) && Number(value[0]) ? [id] : withId(value, id)];
  }));
}

/** The scenario that orders a fault. @param {string} fault */
const scenarioOf = (fault) => `refused-with-${fault}`;

/** The request that provokes a fault. @param {Operation} operation @param {string} fault @param {Sent} accepted @returns {Sent} */
export function provoke(operation, fault, accepted) {
  const cause = operation.faults[fault];
  const example = withSecrets(operation.examples[0].fields, fieldsOf(operation, accepted) ?? {});
  const fields = merge(Object.keys(cause).length ? example : withId(example, NO_CALL), cause.body ?? {});
  const request = buildRequest(operation, accepted, fields);
  const isRaw = cause.raw !== undefined;
  return {
    ...request, method: cause.method ?? request.method, body: isRaw ? cause.raw : request.body,
    headers: {
      ...request.headers, ...isRaw ? { "content-type": "application/json" } : {}, ...cause.headers,
      ...cause === "scenario" ? { "x-mock-scenario": scenarioOf(fault) } : {},
    },
  };
}

/** What happens beside the request itself, in sentences. @param {Operation} operation @param {string} fault @param {string} account */
export function steps({ faults }, fault, account) {
  const cause = faults[fault];
  return [
    cause === "scenario" ? `The scenario ${scenarioOf(fault)} is put, and stays: no request provokes this.` : "",
    cause.account ? `Only while it is sent, account ${account} has ${JSON.stringify(cause.account)}.` : "",
    ...(cause.before ?? []).map((/** @type {any} */ step) => (step.advance ? `First, the clock advances: ${step.advance}.`
      : `First, this is sent: ${step.method} ${step.path}. Its id is filled in.`)),
    cause.repeat ? `It is sent ${cause.repeat} times.` : "",
  ].filter(Boolean);
}

/** Send what provokes a fault, with all that has to be so before. @param {Operation} operation @param {string} fault @param {Sent} request @param {string} account */
export async function sendProvoking(operation, fault, request, account) {
  const cause = operation.faults[fault];
  const path = `/accounts/${operation.provider}/${encodeURIComponent(account)}`;
  const before = cause.account ? await read(path) : null;
  if (cause === "scenario") await ask("PUT", `/scenarios/${scenarioOf(fault)}`, { refuse: fault });
  try {
    if (before) await ask("PATCH", path, cause.account);
    const prepared = await prepare(operation, cause.before ?? [], request);
    for (let left = cause.repeat ?? 1; left > 1; left -= 1) await sendSample(prepared);
    return await sendSample(prepared);
  } finally {
    if (before) await ask("PATCH", path, undo(cause.account, before));
  }
}

/** Do the steps before a request; where it names a call, it names theirs. @param {Operation} operation @param {any[]} steps @param {Sent} request */
async function prepare(operation, steps, request) {
  const own = fieldsOf(operation, request);
  let id = 0;
  for (const { advance, ...step } of steps) {
    if (advance) {
      await ask("POST", "/clock/advance", advance === "idle" ? { until: "idle" } : { by: advance });
      continue;
    }
    const fields = withSecrets(step.body, own ?? {});
    const { text } = await sendSample(buildRequest(
      { ...operation, ...step, types: [JSON_TYPE], inQuery: [] }, request, id ? withId(fields, id) : fields));
    id = JSON.parse(text).id ?? id;
  }
  if (!id || !own) return request;
  const { path, body } = buildRequest(operation, request, withId(own, id));
  return { ...request, path, body };
}
