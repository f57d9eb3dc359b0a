// The exported journal or the report of an ordeal that is shown: chosen, dropped, or that of `mockserver ui`.

import { captured, h } from "./dom.js";
import { read } from "./api.js";
import { parseJournal } from "./journal-file.js";
import { parseOrdeal } from "./ordeal-file.js";
import { visit } from "./router.js";

/**
 * One of the files is open, or none; `problem` is why the latest one could not be opened.
 * @type {{file: import("./journal-file.js").JournalFile | null, ordeal: import("./ordeal-file.js").OrdealFile | null, problem: string}}
 */
export const opened = { file: null, ordeal: null, problem: "" };

/** The name of the file for which `mockserver ui` serves this page; empty at a server. */
export const servedName = document.body?.dataset.file ?? "";

/** Read the file that this page is served for. */
export async function readServedFile() {
  openText(servedName, await read("/file.jsonl"));
}

/** Open what a file holds. @param {string} name @param {string} text */
function openText(name, text) {
  const ordeal = parseOrdeal(name, text);
  const file = ordeal ? null : parseJournal(name, text);
  Object.assign(opened, { file, ordeal, problem: "" });
}

/** @type {File | null} */
let latest = null;

/** Open a file that somebody has chosen or dropped. @param {import("./view.js").View} view @param {File} file */
async function openFile(view, file) {
  latest = file;
  try {
    const text = await file.text();
    if (latest !== file) return; // another one has been chosen since
    openText(file.name, text);
    visit(["file"]);
  } catch (error) {
    opened.problem = /** @type {Error} */ (error).message;
  }
  view.update();
}

/** What lets people choose a file; its view calls `takeFiles`. */
export function chooser() {
  return h("div", { class: "field", "data-key": "chooser" },
    h("label", { for: "file" }, "Show an exported journal or the JSON report of an ordeal: choose a file, or drop it here"),
    h("input", { type: "file", id: "file", accept: ".jsonl,.json" }),
    opened.problem ? h("p", { class: "bad", role: "alert" }, captured(opened.problem)) : null);
}

/** Open what is chosen or dropped on a view. @param {import("./view.js").View} view @param {AbortSignal} signal */
export function takeFiles(view, signal) {
  view.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement && target.files?.length)) return;
    openFile(view, target.files[0]);
    target.value = ""; // the same file can be chosen again
  }, { signal });
  view.addEventListener("dragover", (event) => event.preventDefault(), { signal });
  view.addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) openFile(view, file);
  }, { signal });
}
