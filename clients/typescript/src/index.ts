/** A client of mockserver for tests: a sandbox for each test, its clock, calls and webhooks. */

export * from "./errors.js";
export type * from "./models.js";
export { MockServer } from "./mock-server.js";
export type {
  ForkOptions,
  MockServerOptions,
  Strictness,
  Verification,
  WebhookWait,
} from "./options.js";
export { openSandbox } from "./sandbox.js";
export type { SandboxOptions } from "./sandbox.js";
export type { components, operations, paths } from "./schema.js";
