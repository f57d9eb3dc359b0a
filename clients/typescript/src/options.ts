/** What the methods of a client take. */

import type { Duration, SandboxBody, Times, VerifyBody } from "./models.js";

export interface MockServerOptions {
  /** The name of the sandbox; `default` without it. */
  sandbox?: string;
  /** The token of the control API, if it requires one. */
  token?: string;
}

/** What is verified; `times` is a number for exactly so many, and at least 1 without it. */
export interface Verification extends Omit<VerifyBody, "for" | "times"> {
  times?: number | Times;
}

export interface WebhookWait {
  /** Real seconds; 5 without it. */
  within?: Duration;
  /** How far the clock may advance meanwhile; it advances only as far as needed. */
  advance?: Duration;
}

/** What a fork begins as; it is as the sandbox is now without `snapshot` and `until`. */
export interface ForkOptions extends Omit<SandboxBody, "from" | "seed" | "start_at"> {
  /** The name of the new sandbox; one that no other has without it. */
  name?: string;
}

export interface Strictness {
  /** The kinds that are no reason to fail, such as `["waiting-call"]`. */
  allow?: readonly string[];
}
