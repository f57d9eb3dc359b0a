/** A sandbox for one test. */

import type { SandboxBody } from "./models.js";
import { MockServer } from "./mock-server.js";
import { uniqueName } from "./names.js";

const MAX_SLUG = 40;
const START = "2026-01-01T09:00:00Z";

export interface SandboxOptions extends Omit<SandboxBody, "from" | "snapshot" | "until"> {
  /** The name of the test: the sandbox is named after it, and it is the seed. */
  test?: string;
  /** The token of the control API, if it requires one. */
  token?: string;
}

/**
 * Creates a sandbox for one test: with a manual clock, and the seed of the test.
 *
 * `close()` deletes it. With `credentials`, vendor requests that have one of them belong to the
 * sandbox whatever their path is.
 */
export async function openSandbox(url: string, options: SandboxOptions = {}): Promise<MockServer> {
  const { test = "test", token = "", ...more } = options;
  const client = new MockServer(url, { sandbox: buildName(test), token });
  await client.open({ clock: "manual", start_at: START, seed: test, ...more });
  return client;
}

/** A name that no other sandbox has, with what can be in it of the name of the test. */
function buildName(test: string): string {
  const slug = test.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+/, "");
  return uniqueName(slug.slice(0, MAX_SLUG) || "test");
}
