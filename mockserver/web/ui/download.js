// Saves an answer of the control API as a file; a plain link could not send the token.

import { base, send, toProblem } from "./api.js";
import { h } from "./dom.js";

/**
 * @param {string} path @param {string} name
 * @param {(text: string) => string} [select] keeps a part of the answer
 */
export async function download(path, name, select) {
  const response = await send("GET", base + path);
  if (!response.ok) throw await toProblem(response);
  const url = URL.createObjectURL(select ? new Blob([select(await response.text())]) : await response.blob());
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Save the requests and webhooks of a call as an HTTP Archive. @param {string} call */
export const downloadHar = (call) => download("/har", `${call}.har`, (text) => {
  const { log } = JSON.parse(text);
  const entries = log.entries.filter((/** @type {any} */ each) => each._call === call || each._calls?.includes(call));
  return JSON.stringify({ log: { ...log, entries } });
});

/** Save the journal's heading and its entries of a call. @param {string} call */
export const downloadJournal = (call) => download("/journal?format=jsonl", `${call}.jsonl`, (text) =>
  text.split("\n").filter((line) => line && isOf(JSON.parse(line), call)).map((line) => `${line}\n`).join(""));

/** @param {any} entry @param {string} call */
const isOf = (entry, call) => !entry.id || entry.call === call || entry.calls?.includes(call);
