// One mock server for all test files: the command `mockserver` of the PATH.

import { startServer } from "call-mockserver-client/server";

export default async function setup(project) {
  const server = await startServer();
  project.provide("mockserver", server.url);
  return server.stop;
}
