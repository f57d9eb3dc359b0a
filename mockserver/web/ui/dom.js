// Builds elements, and updates those on the page without taking focus or input away.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "line", "path", "text", "rect", "circle", "g"]);

/** Characters that cannot be seen or that turn the direction of a text. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * Spell out the characters of a text that cannot be seen.
 * @param {unknown} value
 * @returns {string}
 */
export function spell(value) {
  return String(value ?? "").replace(UNSEEN, (each) =>
    `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** @typedef {any} Child a node, a text, a number, a list of children; null and false show nothing */

/**
 * Build an element. An attribute that is `false`, null or undefined is left out.
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `top` is the distance from above in pixels
 * @param {...Child} children
 * @returns {any}
 */
export function h(tag, attributes = {}, ...children) {
  const element = SVG_TAGS.has(tag)
    ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "top") /** @type {HTMLElement} */ (element).style.top = `${value}px`;
    else if (name === "height" && tag === "div") element.style.height = `${value}px`;
    else element.setAttribute(name, value === true ? "" : spell(value));
  }
  append(element, children);
  return element;
}

/** @param {Element} element @param {Child[]} children */
function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child instanceof Node) element.append(child);
    else if (child !== null && child !== undefined && child !== false) element.append(spell(child));
  }
}

/**
 * Show what came from outside: always as text, and apart from the direction of what is around it.
 * @param {unknown} value
 */
export const captured = (value) => h("bdi", {}, spell(value));

/**
 * Show a value as JSON, or a text as it is.
 * @param {unknown} value
 */
export function body(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return h("pre", { class: "body", tabindex: "0" }, captured(text ?? ""));
}

/** A select with its label, which calls an act. @param {string} label @param {string} act @param {string} value @param {string[][]} options value and text of each */
export const choice = (label, act, value, options) => h("label", {}, `${label} `,
  h("select", { "data-change": act, "data-value": value, "aria-label": label },
    options.map(([each, text = each]) => h("option", { value: each, selected: each === value }, text))));

/**
 * Make the children of an element those given, and keep what is equal: focus, input, scroll.
 * @param {Element} parent
 * @param {Child[]} children
 */
export function render(parent, ...children) {
  const next = document.createElement("div");
  append(next, children);
  mergeChildren(parent, next);
}

/**
 * A node, or the first one behind it that is no report: that stays until the next act beside it.
 * @param {ChildNode | null} node
 */
function skipReports(node) {
  while (node instanceof Element && node.classList.contains("report")) node = node.nextSibling;
  return node;
}

/** @param {Node} parent @param {Node} next */
function mergeChildren(parent, next) {
  const fresh = [...next.childNodes];
  const freshKeys = new Set(fresh.map(keyOf));
  for (const node of [...parent.childNodes]) {
    if (keyOf(node) && !freshKeys.has(keyOf(node))) parent.removeChild(node);
  }
  const keyed = new Map([...parent.childNodes].flatMap((node) =>
    keyOf(node) ? [[keyOf(node), node]] : []));
  let old = skipReports(parent.firstChild);
  for (const node of fresh) {
    const match = keyOf(node) ? keyed.get(keyOf(node)) : old;
    if (match && isAlike(match, node)) {
      if (match === old) old = skipReports(old.nextSibling);
      else move(parent, match, old);
      merge(match, node);
    } else {
      parent.insertBefore(node, old);
    }
  }
  while (old) {
    const after = old.nextSibling;
    parent.removeChild(old);
    old = skipReports(after);
  }
}

/** Move a node; where the browser can, what has the focus keeps it. @param {any} parent @param {Node} node @param {Node | null} before */
function move(parent, node, before) {
  const focused = document.activeElement;
  if (parent.moveBefore && parent.isConnected) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
  if (focused !== document.activeElement && focused instanceof HTMLElement) focused.focus();
}

/** @param {Node} node @returns {string} */
function keyOf(node) {
  return node instanceof Element ? node.getAttribute("data-key") ?? "" : "";
}

/** @param {Node} old @param {Node} fresh */
function isAlike(old, fresh) {
  return old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName
    && keyOf(old) === keyOf(fresh);
}

/** @param {Node} old @param {Node} fresh */
function merge(old, fresh) {
  if (!(old instanceof Element && fresh instanceof Element)) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  mergeAttributes(old, fresh);
  if (old.localName.includes("-") || old.hasAttribute("data-own")) return; // renders itself
  mergeChildren(old, fresh);
  if (old instanceof HTMLSelectElement && fresh.hasAttribute("data-value")) {
    old.value = fresh.getAttribute("data-value") ?? "";
  }
}

/** @param {Element} old @param {Element} fresh */
function mergeAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    const stays = name === "data-busy" || (name === "open" && old.localName === "details");
    if (name !== "style" && !stays && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== "style" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const [to, from] = [/** @type {any} */ (old).style, /** @type {any} */ (fresh).style];
  if (to && from && to.cssText !== from.cssText) to.cssText = from.cssText;
}
