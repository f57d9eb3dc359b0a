/** A server is started and stopped, or the error says why not. */

import { expect, test } from "vitest";

import { ConnectionFailed, MockServer } from "../src/index.js";
import { startServer } from "../src/server.js";

test("a server has the options that it is given, and is gone once it is stopped", async () => {
  const server = await startServer({ options: ["--clock", "manual", "--seed", "s"] });
  const client = new MockServer(server.url);
  expect((await client.clock()).mode).toBe("manual");
  await server.stop();
  await server.stop();
  await expect(client.clock()).rejects.toThrow(ConnectionFailed);
});

test("a command that does not exist is an error", async () => {
  await expect(startServer({ command: ["no-such-mockserver"] })).rejects.toThrow(
    "the mock server could not be started: spawn no-such-mockserver ENOENT",
  );
});

test("a server that ends before it is ready is an error with what it printed", async () => {
  await expect(startServer({ options: ["--clock", "manuel"] })).rejects.toThrow(
    /^the mock server ended with exit code 2\nmockserver: .*manuel/,
  );
});

test("a server that is not ready in time is stopped", async () => {
  const command = [process.execPath, "-e", "setInterval(() => {}, 1000)"];
  await expect(startServer({ command, timeout: 200 })).rejects.toThrow(
    "the mock server was not ready within 200 ms",
  );
});
