// Saves an answer of the control API as a file; a plain link could not send the token.

import { base, headers, Problem } from "./api.js";
import { h } from "./dom.js";

/** @param {string} path @param {string} name */
export async function download(path, name) {
  const response = await fetch(base + path, { headers: headers(), cache: "no-store" });
  if (!response.ok) throw new Problem(response.status, "", (await response.json()).detail);
  const url = URL.createObjectURL(await response.blob());
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
