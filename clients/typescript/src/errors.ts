/** The errors that the client throws; their messages say what to do. */

import type { Problem, Unexpected } from "./models.js";

/** The base of the errors for a request that failed or was refused. */
export class MockServerError extends Error {
  override name = "MockServerError";
}

/** No mock server answers at the URL. */
export class ConnectionFailed extends MockServerError {
  override name = "ConnectionFailed";
}

/** The control API refused a request. `problem.type` is stable; the message is for people. */
export class ControlError extends MockServerError {
  override name = "ControlError";
  readonly problem: Problem;

  constructor(asked: string, problem: Problem) {
    super([`${asked} -> ${problem.status}: ${problem.detail}`, ...describeItems(problem)].join("\n"));
    this.problem = problem;
  }
}

/** Too few items matched in time; the message shows the nearest. */
export class WaitTimeout extends ControlError {
  override name = "WaitTimeout";
}

/** Items did not occur as often, or not in the order, that a test verifies. */
export class NotVerified extends ControlError {
  override name = "NotVerified";
}

/** Something happened that a strict test fails for; the message has a line for each reason. */
export class UnexpectedFound extends MockServerError {
  override name = "UnexpectedFound";
  readonly unexpected: Unexpected["unexpected"];

  constructor(unexpected: Unexpected["unexpected"]) {
    super(unexpected.map(({ kind, message }) => `${message} [${kind}]`).join("\n"));
    this.unexpected = unexpected;
  }
}

function* describeItems(problem: Problem): Generator<string> {
  for (const item of problem.instead ?? []) {
    yield `  there was ${item.id}: ${describeFields(Object.entries(item.fields))}`;
  }
  for (const item of problem.nearest ?? []) {
    if (typeof item === "string") {
      yield `  near: ${item}`;
      continue;
    }
    yield `  ${item.id} came near, but:`;
    for (const { field, expected, actual } of item.differs) {
      yield `    ${field} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`;
    }
  }
}

function describeFields(fields: [string, unknown][]): string {
  return fields.map(([field, value]) => `${field} ${JSON.stringify(value)}`).join(", ");
}
