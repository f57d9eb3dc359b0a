// Words a request for other programs: curl, Python and JavaScript.

const SKIPPED = new Set(["content-length", "connection", "accept-encoding"]);
const MASKED = /\*\*\*[0-9a-f]*/;

/** @typedef {{method: string, url: string, headers?: Record<string, string>, body?: string | null, base64?: string | null}} Message a body that is no text is in `base64` */

/** Each copy by its name; TOKEN of the environment stands where a secret is masked. */
export const SNIPPETS = /** @type {Record<string, (message: Message) => string>} */ ({ curl, Python: python, JS: javascript });

/** The headers that a client does not set by itself; a host is that of the URL, unless it is another. @param {Message} message */
const shownHeaders = ({ url, headers = {} }) => Object.entries(headers).filter(([name, value]) =>
  !SKIPPED.has(name.toLowerCase()) && !(name.toLowerCase() === "host" && value === new URL(url).host));

/** @param {Message} message */
export function curl(message) {
  const { method, url, body, base64 } = message;
  const parts = ["curl", "-X", method, quote(url)];
  for (const [name, value] of shownHeaders(message)) parts.push("-H", quote(`${name}: ${value}`));
  if (body || base64) parts.push("--data-binary", base64 ? "@-" : quote(body ?? ""));
  return base64 ? `echo ${base64} | base64 -d | ${parts.join(" ")}` : parts.join(" ");
}

/** Quote a text for a shell, so that it keeps each byte; a masked secret becomes `$TOKEN`. @param {string} text */
const quote = (text) => text.split(MASKED).map((part) => part && (part.includes("\r")
  ? `$'${part.replace(/[\\']/g, "\\$&").replaceAll("\r", "\\r").replaceAll("\n", "\\n")}'`
  : `'${part.replaceAll("'", "'\\''")}'`)).join('"$TOKEN"') || "''";

/** A literal of Python and JavaScript, with an expression in the place of each masked secret. @param {string} text @param {string} secret */
const literal = (text, secret) => text.split(MASKED).map((part) => JSON.stringify(part)).join(` + ${secret} + `);

/** Lines of an object with the headers. @param {Message} message @param {string} secret */
const headerLines = (message, secret) => shownHeaders(message)
  .map(([name, value]) => `    ${JSON.stringify(name)}: ${literal(value, secret)},\n`).join("");

/** @param {Message} message */
function python(message) {
  const { method, url, body, base64 } = message;
  const secret = 'os.environ["TOKEN"]';
  const content = base64 ? `base64.b64decode("${base64}")` : body && `(${literal(body, secret)}).encode()`;
  return `import base64\nimport os\n\nimport httpx\n\nresponse = httpx.request(\n  "${method}",\n  ${literal(url, secret)},\n  headers={\n${
    headerLines(message, secret)}  },\n${content ? `  content=${content},\n` : ""})\nprint(response.status_code, response.text)\n`;
}

/** @param {Message} message */
function javascript(message) {
  const { method, url, body, base64 } = message;
  const secret = "process.env.TOKEN";
  const content = base64 ? `Buffer.from("${base64}", "base64")` : body && literal(body, secret);
  return `const response = await fetch(${literal(url, secret)}, {\n  method: "${method}",\n  headers: {\n${
    headerLines(message, secret)}  },\n${content ? `  body: ${content},\n` : ""}});\nconsole.log(response.status, await response.text());\n`;
}
