/** One mock server for all tests: the command `mockserver` of the PATH. */

import type { TestProject } from "vitest/node";

import { startServer } from "../src/server.js";

declare module "vitest" {
  interface ProvidedContext {
    url: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer();
  project.provide("url", server.url);
  return server.stop;
}
