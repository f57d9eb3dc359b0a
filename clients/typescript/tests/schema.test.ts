/** The committed types are those of the document that a server serves. */

import { readFile } from "node:fs/promises";

import openapiTS, { astToString, COMMENT_HEADER, type OpenAPI3 } from "openapi-typescript";
import { expect, inject, test } from "vitest";

test("the committed types are those of the document: else run `npm run generate`", async () => {
  const document = await fetch(`${inject("url")}/_mock/openapi.json`);
  const types = await openapiTS((await document.json()) as OpenAPI3);
  const committed = await readFile(new URL("../src/schema.ts", import.meta.url), "utf-8");
  expect(`${COMMENT_HEADER}${astToString(types)}`).toBe(committed);
});
