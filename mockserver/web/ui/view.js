// What each part of the page is: an element that reads, renders itself and runs its acts.

import { render } from "./dom.js";

const REST = 250; // ms in which changes are gathered

/** Whether the server cannot be reached, which a click or the button of a form would ask. @param {Element} target @param {Event} event */
function isHeld(target, event) {
  const button = event instanceof SubmitEvent ? event.submitter : target;
  return document.body.hasAttribute("data-lost") && Boolean(button?.closest("[data-acting]"));
}

/**
 * An element of the page that renders itself; a click on `data-click` calls the act of that name.
 * Its `acts` take the element that was clicked.
 */
export class View extends HTMLElement {
  /** @type {Record<string, (target: HTMLElement, event: Event) => any>} */
  acts = {};
  problem = ""; // why the latest load failed; a load that does not clears it
  #isQueued = false;
  #isStale = false;
  #timer = 0;
  /** @type {Promise<void> | null} */
  #loading = null;
  #leave = new AbortController();

  connectedCallback() {
    this.#leave = new AbortController();
    const { signal } = this.#leave;
    for (const type of ["click", "submit", "change", "input"]) {
      this.addEventListener(type, (event) => this.#act(type, event), { signal });
    }
    this.start(signal);
    this.update();
  }

  disconnectedCallback() {
    this.#leave.abort();
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  /** Begin to listen, until the signal aborts. @param {AbortSignal} _signal */
  start(_signal) {}

  /** Read what is shown; an error becomes the problem. @returns {Promise<void>} */
  async load() {}

  /** Load and render; what changes meanwhile is loaded after that, so that no older answer comes last. */
  reload() {
    this.#isStale = true;
    this.#loading ??= this.#loadAll().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #loadAll() {
    while (this.#isStale && this.isConnected) {
      this.#isStale = false;
      try {
        await this.load();
      } catch (error) {
        this.problem = /** @type {Error} */ (error).message;
      }
      this.update();
    }
  }

  /** Load once for all changes of a short time. */
  reloadSoon() {
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.reload();
    }, REST);
  }

  /** What is shown now. @returns {import("./dom.js").Child[]} */
  content() {
    return [];
  }

  /** Render before the next frame, once for all changes until then. */
  update() {
    if (this.#isQueued) return;
    this.#isQueued = true;
    const run = () => {
      if (!this.#isQueued) return;
      this.#isQueued = false;
      if (this.isConnected) render(this, ...this.content());
    };
    requestAnimationFrame(run);
    setTimeout(run, 250); // a hidden tab has no frames
  }

  /** @param {string} type @param {Event} event */
  #act(type, event) {
    const target = event.target instanceof Element ? event.target.closest(`[data-${type}]`) : null;
    const act = target && this.acts[target.getAttribute(`data-${type}`) ?? ""];
    if (!act) return;
    if (type === "submit" || target.localName === "a") event.preventDefault();
    if (target.closest("[aria-disabled=true], [data-busy]") || isHeld(target, event)) return;
    act(/** @type {HTMLElement} */ (target), event);
  }
}
