// Holds one event stream for all tabs that show the same sandbox.

import { EventStream } from "./stream.js";

/** @type {Map<string, {stream: EventStream, ports: Set<MessagePort>}>} */
const streams = new Map();

/** @param {MessagePort} port @param {{url: string, headers: Record<string, string>}} asked */
function join(port, { url, headers }) {
  const key = JSON.stringify([url, headers]);
  let entry = streams.get(key);
  if (entry && entry.stream.isEnded) entry = undefined;
  if (!entry) {
    const ports = new Set();
    const tell = (/** @type {object} */ message) => ports.forEach((each) => each.postMessage(message));
    const stream = new EventStream(
      url, headers, (event) => tell({ event }), (link) => tell({ link }));
    entry = { stream, ports };
    streams.set(key, entry);
  }
  entry.ports.add(port);
  port.postMessage({ link: entry.stream.link });
  return () => leave(key, port);
}

/** @param {string} key @param {MessagePort} port */
function leave(key, port) {
  const entry = streams.get(key);
  entry?.ports.delete(port);
  if (entry?.ports.size) return;
  entry?.stream.close();
  streams.delete(key);
}

/** @type {any} */ (self).onconnect = (/** @type {MessageEvent} */ { ports: [port] }) => {
  let end = () => {};
  port.onmessage = ({ data }) => {
    if (data.join) end = join(port, data.join);
    if (data.leave) end();
  };
};
