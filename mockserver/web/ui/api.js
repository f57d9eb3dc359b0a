// Asks the control API.

const TOKEN = "mockserver-token";
export const base = document.body?.dataset.base ?? "/_mock";
export const prefix = base.replace(/\/_mock$/, "");

/** An answer that is a problem, or the lack of any answer (status 0). */
export class Problem extends Error {
  /** @param {number} status @param {string} kind @param {string} detail @param {any} [members] of the problem */
  constructor(status, kind, detail, members = {}) {
    super(detail);
    this.members = members;
    this.status = status;
    this.kind = kind;
  }
}

/** Take the token out of the fragment, where no server sees it. */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  keepToken(token);
  history.replaceState(history.state, "", location.pathname + location.search);
}

/** @param {string} token */
export function keepToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

export const token = () => sessionStorage.getItem(TOKEN) ?? "";

/** Share the token with new tabs of this server, and ask the others for theirs. */
export function shareToken() {
  const channel = new BroadcastChannel(TOKEN);
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      if (data?.ask && token()) channel.postMessage({ token: token() });
      if (data?.token && !token()) {
        keepToken(data.token);
        resolve(true);
      }
    };
    if (token()) resolve(true);
    else channel.postMessage({ ask: true });
    setTimeout(() => resolve(false), 150);
  });
}

/** @returns {Record<string, string>} */
export function headers() {
  return token() ? { authorization: `Bearer ${token()}` } : {};
}

/**
 * Ask for JSON below the control API of the sandbox, or at a whole path of this server.
 * @param {string} method @param {string} path @param {unknown} [content]
 * @returns {Promise<any>}
 */
export async function ask(method, path, content) {
  const response = await send(method, path.startsWith("/_") ? path : base + path, content);
  if (!response.ok) throw await toProblem(response);
  return readValue(response);
}

/** @param {Response} response */
async function readValue(response) {
  const text = await response.text();
  const isJson = /json\b/.test(response.headers.get("content-type") ?? ""); // lines of JSON are a text
  return isJson && text ? JSON.parse(text) : text;
}

/** @param {string} method @param {string} url @param {unknown} [content] */
export async function send(method, url, content) {
  /** @type {Record<string, string>} */
  const type = content === undefined ? {} : { "content-type": "application/json" };
  try {
    return await fetch(url, {
      method,
      headers: { ...headers(), ...type },
      body: content === undefined ? undefined : JSON.stringify(content),
      cache: "no-store",
    });
  } catch {
    throw new Problem(0, "no-answer", "The server does not answer. Is it still running?");
  }
}

/** @param {Response} response */
export async function toProblem(response) {
  const value = await readValue(response);
  const kind = response.headers.get("x-mock-problem") ?? "";
  const detail = value?.detail ?? value?.title ?? `The answer has the status ${response.status}.`;
  return new Problem(response.status, kind, detail, value);
}

/** @param {string} path */
export const read = (path) => ask("GET", path);

/**
 * The query of a path; empty values are left out.
 * @param {Record<string, string | number | undefined>} values
 */
export function query(values) {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return kept.length ? `?${new URLSearchParams(kept.map(([name, value]) => [name, `${value}`]))}` : "";
}
