/** Starts a mock server for a test run. Node only. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const READY = /^mockserver ready on (\S+)/;

export interface ServerOptions {
  /** The command that starts a mock server: `["uvx", "call-mockserver"]`; `mockserver` without it. */
  command?: readonly string[];
  /** Options of `mockserver serve`, such as `["--scenarios", "calls.yaml"]`. */
  options?: readonly string[];
  /** Real milliseconds within which the server must be ready; 30,000 without it. */
  timeout?: number;
}

export interface RunningServer {
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts a server on a free port, and waits until it is ready.
 *
 * @throws Error It is not ready in time, or ends before; the message has what it printed.
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const { command = ["mockserver"], options: flags = [], timeout = 30_000 } = options;
  const [program = "mockserver", ...words] = command;
  const usual = ["--port", "0", "--quiet", "--log-format", "text"];
  const child = spawn(program, [...words, "serve", ...usual, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = (): Promise<void> => stopProcess(child);
  try {
    return { url: await waitUntilReady(child, timeout), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function waitUntilReady(child: ChildProcess, timeout: number): Promise<string> {
  const printed: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      reject(new Error([`the mock server ${reason}`, ...printed].join("\n")));
    };
    const timer = setTimeout(() => fail(`was not ready within ${timeout} ms`), timeout);
    child.once("error", (error) => fail(`could not be started: ${error.message}`));
    child.once("close", (code) => fail(`ended with exit code ${code}`));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on("line", (line) => {
        printed.push(line);
        const url = READY.exec(line)?.[1];
        if (url) {
          clearTimeout(timer);
          resolve(url);
        }
      });
    }
    child.once("close", () => clearTimeout(timer));
  });
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const closed = once(child, "close");
  child.kill("SIGTERM");
  await closed;
}
