// The frame of the page: bar, clock, list, main view and phones; what is asked for by the address.

import { captured, h, render } from "./dom.js";
import { ask, keepToken, prefix, Problem, read, shareToken, takeToken } from "./api.js";
import { AccountView } from "./account-view.js";
import { CallList } from "./call-list.js";
import { CallView } from "./call-view.js";
import { ClockBar } from "./clock-bar.js";
import { FileView } from "./file-view.js";
import { live } from "./live.js";
import { bindKeys } from "./keys.js";
import { opened, readServedFile, servedName } from "./opened-file.js";
import { PhoneDesk } from "./phone-desk.js";
import { VIEWS } from "./place.js";
import { place, to, visit } from "./router.js";
import { CallStart } from "./call-start.js";
import { JournalView } from "./journal-view.js";
import { ReceiverView } from "./receiver-view.js";
import { RequestView } from "./request-view.js";
import { SandboxView } from "./sandbox-view.js";
import { ScenarioView } from "./scenario-view.js";
import { TryView } from "./try-view.js";
import { WebhookView } from "./webhook-view.js";
import { View } from "./view.js";

const sandbox = prefix ? decodeURIComponent(prefix.split("/").at(-1) ?? "") : "default";

/** The views of the server, and that of a file that is open. */
function shownViews() {
  const file = [["file", "File"]];
  return servedName ? file : opened.file || opened.ordeal ? [...VIEWS, ...file] : VIEWS;
}

/** The bar on top: where one is, what rings, whether the page is connected. */
class TopBar extends View {
  /** @param {AbortSignal} signal */
  start(signal) {
    live.addEventListener("link", () => this.update(), { signal });
    addEventListener("place", () => this.update(), { signal });
    addEventListener("phones", () => this.update(), { signal });
  }

  content() {
    const { view } = place();
    const ringing = PhoneDesk.ringing;
    document.title = `${ringing ? `(${ringing}) rings, ` : ""}${view} - mockserver`;
    return [
      h("a", { class: "brand", href: to("calls") }, "mockserver"),
      servedName ? null
        : h("a", { class: "sandbox", href: to("sandboxes"), title: "sandboxes" }, "sandbox ", captured(sandbox)),
      h("nav", { "aria-label": "views" }, shownViews().map(([name, label]) =>
        h("a", { href: to(name), "aria-current": name === view && "page" }, label))),
      h("span", { class: "spring" }),
      ringing ? h("a", { class: "pill ring halo", href: to("phones") }, `${ringing} rings`) : null,
      servedName ? h("span", { class: "pill" }, "read-only")
        : h("span", { class: `pill ${live.isLive ? "ok" : "bad"}`, id: "link" }, live.link.state),
      h("button", { "data-key": "help", "aria-label": "keys", id: "help" }, "?"),
    ];
  }
}

/** Says that the connection is lost, or what happened to the sandbox. */
class NoticeBar extends View {
  acts = {
    close: () => {
      live.notice = "";
      this.update();
    },
  };

  /** @param {AbortSignal} signal */
  start(signal) {
    const update = () => this.update();
    const mark = () => document.body.toggleAttribute("data-lost", live.link.state === "lost");
    live.addEventListener("link", mark, { signal });
    for (const type of ["link", "again"]) live.addEventListener(type, update, { signal });
    const timer = setInterval(update, 1000);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  content() {
    const { state, since, retryAt } = live.link;
    if (state === "lost") {
      const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
      const time = new Date(since).toTimeString().slice(0, 8);
      return [h("p", { class: "banner bad", role: "status" },
        `Not connected since ${time}, next try in ${seconds} s; this may be old.`)];
    }
    return live.notice ? [h("p", { class: "banner", role: "status" }, live.notice, " ",
      h("button", { "data-click": "close" }, "Close"))] : [];
  }
}

/** @type {Record<string, CustomElementConstructor>} */
const PARTS = {
  "top-bar": TopBar, "notice-bar": NoticeBar, "clock-bar": ClockBar, "call-list": CallList,
  "call-start": CallStart, "phone-desk": PhoneDesk,
};

/** View -> what shows it; its element is named after the view, such as `calls-view`. @type {Record<string, CustomElementConstructor>} */
const MAIN = {
  calls: CallView, webhooks: WebhookView, report: ReceiverView, requests: RequestView, try: TryView, scenarios: ScenarioView,
  accounts: AccountView, journal: JournalView, sandboxes: SandboxView, file: FileView,
};

/** Show the frame with the view of the address; a file has neither clock nor phones. */
function showFrame() {
  const { view, parts } = place();
  const isFile = view === "file";
  if (servedName && !isFile) return visit(["file"], {}, { replace: true });
  document.body.dataset.view = view;
  document.body.toggleAttribute("data-object", parts.length > 0);
  render(document.body,
    h("a", { class: "skip", href: "#main" }, "Skip to the main part"),
    h("header", { class: "top", "data-key": "top" }, h("top-bar"), isFile ? null : h("clock-bar")),
    h("notice-bar"),
    view === "calls" ? h("aside", { class: "list", "aria-label": "calls", "data-key": "list" }, h("call-list")) : null,
    h("main", { id: "main", tabindex: "-1", "data-key": "main" },
      Object.hasOwn(MAIN, view) ? h(`${view}-view`) : view === "phones" ? h("h1", {}, "Phones") : [h("h1", {}, "There is no such view"),
        h("p", {}, h("a", { href: to("calls") }, "See the calls"))]),
    isFile ? null : h("aside", { class: "phones", "aria-label": "phones", "data-key": "phones" }, h("phone-desk")),
    h("p", { id: "spoken", class: "unseen", "aria-live": "polite", "data-own": true }));
}

/** @param {string} text @param {(Node | string)[]} more */
function showOnly(text, ...more) {
  render(document.body, h("main", { id: "main", class: "alone" }, h("h1", {}, "mockserver"), h("p", {}, text), more));
}

/** Ask for the token: the server needs one, and neither the address nor another tab has it. */
function askForToken() {
  const input = h("input", { type: "password", id: "token", autocomplete: "off" });
  const form = h("form", { class: "token" }, h("label", { for: "token" }, "Token"), input, h("button", {}, "Open"));
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    keepToken(input.value.trim());
    begin();
  });
  showOnly("This server needs its token: MOCKSERVER_TOKEN, or what its start has printed.", form);
}

/** @param {Problem} problem */
function showProblem(problem) {
  if (problem.status === 401) return askForToken();
  if (problem.status === 404) {
    const create = h("button", {}, `Make sandbox ${sandbox}`);
    create.addEventListener("click", () => ask("PUT", `/sandboxes/${encodeURIComponent(sandbox)}`, {}).then(begin));
    const all = h("a", { href: "/_mock/ui/sandboxes" }, "See all sandboxes");
    return showOnly(`${problem.message} Perhaps it was dropped after its test.`, all, " ", create);
  }
  const again = h("button", {}, "Try again");
  again.addEventListener("click", begin);
  return showOnly(problem.message, again);
}

/** Why the sandbox cannot be shown, if so. @returns {Promise<Problem | null>} */
async function findProblem() {
  try {
    await (servedName ? readServedFile() : read("/clock"));
    return null;
  } catch (error) {
    if (error instanceof Problem) return error;
    if (servedName) return new Problem(0, "unreadable-file", /** @type {Error} */ (error).message);
    throw error;
  }
}

async function begin() {
  let problem = await findProblem();
  if (problem?.status === 401 && await shared) problem = await findProblem();
  if (problem) return showProblem(problem);
  if (!servedName) live.start();
  showFrame();
}

takeToken();
for (const [name, part] of Object.entries(PARTS)) customElements.define(name, part);
for (const [view, main] of Object.entries(MAIN)) customElements.define(`${view}-view`, main);
addEventListener("place", showFrame);
document.addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest(".skip")) document.getElementById("main")?.focus();
});
bindKeys();
const shared = shareToken(); // few servers need a token: only what is refused waits for other tabs
await begin();
