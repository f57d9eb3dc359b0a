// Calls a vendor, and a host that nobody emulates, by node:https.
import https from "node:https";

const request = https.request("https://portal.mobtexting.com/api/v2/voice/c2c", {
  method: "POST",
  headers: { authorization: "Bearer my-token", accept: "application/json", "content-type": "application/json" },
});
request.end(JSON.stringify({ bridge: "918068281234", from: "918867135000", to: "918867136000" }));
const response = await new Promise((resolve, reject) => request.on("response", resolve).on("error", reject));
response.resume();
console.log(response.statusCode, response.headers["x-mock-request"]);
https.get("https://other.example/").on("error", () => console.log("refused"));
