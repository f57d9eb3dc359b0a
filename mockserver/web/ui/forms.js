// Writes the fields of a request as a body of one type, and reads them back.

export const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";
const BOUNDARY = "fields-of-the-sample";

/** @typedef {Record<string, any>} Fields */

/** The type alone, without its parameters. @param {string} [type] */
export const plainType = (type = "") => type.split(";")[0].trim().toLowerCase();

/** The header for a type. @param {string} type */
export const typeHeader = (type) => (type.startsWith("multipart/") ? `${type}; boundary=${BOUNDARY}` : type);

/** A field as the text of a form. @param {any} value */
const valueText = (value) => (typeof value === "string" ? value : value === null ? "" : JSON.stringify(value));

/** @param {Fields} fields @param {string} type */
export function encodeBody(fields, type) {
  if (type === JSON_TYPE) return JSON.stringify(fields, null, 2);
  const pairs = Object.entries(fields).map(([name, value]) => [name, valueText(value)]);
  if (type === FORM_TYPE) return `${new URLSearchParams(pairs)}`;
  const parts = pairs.map(([name, value]) =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  return `${parts.join("")}--${BOUNDARY}--\r\n`;
}

/**
 * Read what `encodeBody` has written, perhaps changed by a person; null if it cannot be read.
 * @param {string} text @param {string} type
 * @returns {Fields | null}
 */
export function decodeBody(text, type) {
  if (!text) return {};
  if (type === FORM_TYPE) return Object.fromEntries(new URLSearchParams(text));
  if (type !== JSON_TYPE) {
    const parts = [...text.matchAll(/name="([^"]*)"\r?\n\r?\n([^]*?)\r?\n--/g)];
    return Object.fromEntries(parts.map(([, name, value]) => [name, value]));
  }
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** The body as it is sent: a text area has no returns, and a multipart body needs them. @param {string} text @param {string} type */
export const sentBody = (text, type) =>
  (type.startsWith("multipart/") ? text.replace(/\r?\n/g, "\r\n") : text);

/** @param {string} text */
export function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
