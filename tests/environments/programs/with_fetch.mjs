// Calls a vendor, and a host that nobody emulates, by fetch.
const response = await fetch("https://portal.mobtexting.com/api/v2/voice/c2c", {
  method: "POST",
  headers: { authorization: "Bearer my-token", accept: "application/json", "content-type": "application/json" },
  body: JSON.stringify({ bridge: "918068281234", from: "918867135000", to: "918867136000" }),
});
console.log(response.status, response.headers.get("x-mock-request"));
await fetch("https://other.example/").catch(() => console.log("refused"));
