/** A request to Mobtexting: its documented click-to-call. */

export const CLICK = { bridge: "918068281234", from: "918867135000", to: "918867136000" };

export function clickToCall(base: string, fields: object = {}, token = "key"): Promise<Response> {
  return fetch(`${base}/api/v2/voice/c2c`, {
    method: "POST",
    headers: {
      accept: "application/json",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ ...CLICK, ...fields }),
  });
}
