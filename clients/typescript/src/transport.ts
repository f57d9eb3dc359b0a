/** Sends requests to the control API, and makes errors of its problems. */

import { ConnectionFailed, ControlError, NotVerified, WaitTimeout } from "./errors.js";
import type { Problem } from "./models.js";

const PROBLEM_TYPE = "urn:call-mockserver:problem:";

const ERRORS: Readonly<Record<string, new (asked: string, problem: Problem) => ControlError>> = {
  [`${PROBLEM_TYPE}wait-timeout`]: WaitTimeout,
  [`${PROBLEM_TYPE}not-verified`]: NotVerified,
};

/** A request to the control API; `body` is sent as JSON. */
export interface ControlRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: string;
  token: string;
  body?: unknown;
}

/**
 * Returns the response if its status is below 400.
 *
 * @throws ConnectionFailed The server cannot be reached.
 * @throws ControlError The control API refuses the request.
 */
export async function send(request: ControlRequest): Promise<Response> {
  const response = await connect(request);
  if (response.ok) {
    return response;
  }
  const asked = `${request.method} ${new URL(request.url).pathname}`;
  const problem = await readProblem(response);
  throw new (ERRORS[problem.type] ?? ControlError)(asked, problem);
}

async function connect({ method, url, token, body }: ControlRequest): Promise<Response> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  if (body !== undefined) {
    headers["content-type"] = "application/json";
  }
  try {
    return await fetch(url, { method, headers, ...content });
  } catch (cause) {
    throw new ConnectionFailed(`no mock server answers at ${new URL(url).origin}`, { cause });
  }
}

async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text();
  if (response.headers.get("content-type") === "application/problem+json") {
    return JSON.parse(text) as Problem;
  }
  const detail = `what answers is no mock server: ${text.slice(0, 200)}`;
  return { type: `${PROBLEM_TYPE}bad-request`, title: response.statusText, status: response.status, detail };
}
