// Knows where the page is, and goes elsewhere without loading it anew.

import { base } from "./api.js";
import { formatPlace, parsePlace } from "./place.js";

const root = `${base}/ui/`;

export const place = () => parsePlace(location.pathname.slice(root.length), location.search);

/** The path of a view or an object. @param {string} path behind `ui/` */
export const to = (path) => root + path;

/**
 * @param {string[]} parts
 * @param {Record<string, string>} [query]
 * @param {{replace?: boolean}} [how]
 */
export function visit(parts, query = {}, { replace = false } = {}) {
  const path = to(formatPlace(parts, query));
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  dispatchEvent(new Event("place"));
}

addEventListener("popstate", () => dispatchEvent(new Event("place")));

addEventListener("click", (event) => {
  const { target, button, metaKey, ctrlKey, shiftKey } = /** @type {MouseEvent} */ (event);
  const link = target instanceof Element ? target.closest("a[href]") : null;
  const href = link?.getAttribute("href") ?? "";
  if (!href.startsWith(root) || link?.hasAttribute("data-leave") || button || metaKey || ctrlKey || shiftKey) return;
  event.preventDefault();
  if (href !== location.pathname + location.search) history.pushState(null, "", href);
  dispatchEvent(new Event("place"));
});
