// Joins an event stream: in a worker, one for all tabs; else a stream of this tab.

import { base, headers } from "./api.js";
import { EventStream } from "./stream.js";

/**
 * @typedef {(event: import("./stream.js").StreamEvent) => void} OnEvent
 * @typedef {(link: import("./stream.js").Link) => void} OnLink
 */

/** @type {{createScriptURL: (path: string) => any}} */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("ms-worker", {
  createScriptURL: (/** @type {string} */ path) => path,
}) ?? { createScriptURL: (path) => path };

/**
 * Follow a stream of the control API until the returned function is called.
 * @param {string} path @param {OnEvent} onEvent @param {OnLink} [onLink]
 * @returns {() => void}
 */
export function join(path, onEvent, onLink = () => {}) {
  const url = `${location.origin}${base}${path}`;
  return globalThis.SharedWorker ? joinWorker(url, onEvent, onLink) : readAlone(url, onEvent, onLink);
}

/** @param {string} url @param {OnEvent} onEvent @param {OnLink} onLink */
function joinWorker(url, onEvent, onLink) {
  const address = policy.createScriptURL(`${base}/ui/stream-worker.js`);
  const { port } = new SharedWorker(address, { type: "module", name: "mockserver" });
  port.onmessage = ({ data }) => {
    if (data.event) onEvent(data.event);
    if (data.link) onLink(data.link);
  };
  port.postMessage({ join: { url, headers: headers() } });
  const leave = () => {
    port.postMessage({ leave: true });
    port.onmessage = null;
    removeEventListener("pagehide", leave);
  };
  addEventListener("pagehide", leave);
  return leave;
}

/** A hidden tab closes its stream. @param {string} url @param {OnEvent} onEvent @param {OnLink} onLink */
function readAlone(url, onEvent, onLink) {
  const open = () => new EventStream(url, headers(), onEvent, onLink);
  let stream = open();
  const follow = () => {
    stream.close();
    onLink({ ...stream.link, state: "connecting" }); // so that what is live again is read anew
    if (!document.hidden) stream = open();
  };
  document.addEventListener("visibilitychange", follow);
  return () => {
    document.removeEventListener("visibilitychange", follow);
    stream.close();
  };
}

addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
