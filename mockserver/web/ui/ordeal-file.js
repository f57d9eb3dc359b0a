// Reads the report of an ordeal, as `mockserver ordeal --format json` prints it.

/** @typedef {{name: string, report: any}} OrdealFile */

const FORMAT = 1; // of the report
const WRITES = '"mockserver ordeal --format json" writes it';

/** @param {unknown} value */
const isText = (value) => typeof value === "string";

/** List of a report -> whether an item of it has what is shown. @type {Record<string, (item: any) => boolean>} */
const CHECKS = {
  cases: (item) => [item?.case, item?.verdict].every(isText) && [item.defects, item.differing_copies].every(Array.isArray),
  defects: (item) => [item?.defect, item?.replay, item?.again].every(isText) && Array.isArray(item.cases),
};

/**
 * Parse a report; null if the text is something else. The error of a report that cannot be shown says why.
 * @param {string} name of the file
 * @param {string} text
 * @returns {OrdealFile | null}
 */
export function parseOrdeal(name, text) {
  const report = parseWhole(text);
  if (!report && /^\s*\{\s*"ordeal"\s*:/.test(text)) throw new Error(`${name} is a part of an ordeal's report: ${WRITES} whole.`);
  if (report?.ordeal === undefined) return null;
  if (report.ordeal !== FORMAT) throw new Error(`${name} is an ordeal's report in format ${report.ordeal}; this page reads format ${FORMAT}.`);
  for (const [list, check] of Object.entries(CHECKS)) {
    if (!Array.isArray(report[list])) throw new Error(`${name} has no list of ${list}, as ${WRITES}.`);
    const wrong = report[list].findIndex((/** @type {any} */ item) => !check(item));
    if (wrong >= 0) throw new Error(`Number ${wrong + 1} of the ${list} in ${name} is not as ${WRITES}.`);
  }
  return { name, report };
}

/** What a text is as JSON; null if it is not JSON. @param {string} text @returns {any} */
function parseWhole(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
