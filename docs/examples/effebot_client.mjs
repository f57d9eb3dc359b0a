// A client of Effebot in JavaScript, by nothing but fetch: a busy callee, and the webhook of it.

const { MOCKSERVER_URL: mock, EFFEBOT_URL: effebot } = process.env;

const post = (url, body, headers = {}) =>
  fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

const placed = await post(
  `${effebot}/apiCalls/create`,
  {
    apiKey: "any-key-will-do",
    phone: "99999999999",
    outgoingPhone: "99999999999",
    record: { text: "Your parcel has arrived" },
    webhookUrl: `${mock}/_mock/receive/mine`,
  },
  { "X-Mock-Scenario": "callee-busy" },
);
console.log("placed:", placed.status);

await post(`${mock}/_mock/clock/advance`, { until: "idle" });

const inbox = await (await fetch(`${mock}/_mock/inboxes/mine`)).json();
for (const { method, body } of inbox.received) {
  console.log("webhook:", method, body.apiCalls[0].calls[0].status);
}
