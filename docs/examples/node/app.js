// An application that calls customers back by Mobtexting, and keeps what became of each call.

import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const STATES = { COMPLETED: "reached", MISSED: "missed", BUSY: "no agent" };

export function createApp({ mobtexting, token, agent, bridge }) {
  const callbacks = new Map(); // number of the customer -> what became of the call

  async function callBack(customer) {
    const callback = { state: "calling", reports: 0 };
    callbacks.set(customer, callback); // before the request: the report may arrive before the reply
    const response = await fetch(`${mobtexting}/api/v2/voice/c2c`, {
      method: "POST",
      headers: {
        accept: "application/json",
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ bridge, from: agent, to: customer }),
    }).catch((error) => ({ ok: false, statusText: error.message }));
    if (!response.ok) {
      callback.state = "failed";
    }
    return response.ok ? 202 : 502;
  }

  function takeReport(report) {
    const callback = callbacks.get(String(report.to));
    if (callback && callback.reportedCall !== report.start_at) { // else a copy of a report
      callback.reportedCall = report.start_at;
      callback.state = STATES[report.status];
      callback.reports += 1;
    }
    return callback ? 200 : 404;
  }

  return createServer(async (request, response) => {
    const [, noun, customer] = request.url.split("/");
    const body = request.method === "POST" ? JSON.parse(await text(request)) : {};
    if (request.method === "POST" && noun === "callbacks") {
      response.writeHead(await callBack(body.customer)).end();
    } else if (request.method === "POST" && noun === "report") {
      response.writeHead(takeReport(body)).end();
    } else {
      const { state, reports } = callbacks.get(customer) ?? { state: "unknown", reports: 0 };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ state, reports }));
    }
  });
}
