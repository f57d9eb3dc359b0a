// What can be done with a webhook: send it once more, copy it as a curl command.

import { ask, read } from "./api.js";
import { copy, say } from "./copy.js";
import { report } from "./report.js";
import { curl } from "./snippets.js";

/**
 * A webhook with its headers and body as they are sent.
 * @param {string} id
 */
export async function readWebhook(id) {
  const [webhook, raw] = await Promise.all([read(`/webhooks/${id}`), read(`/webhooks/${id}/raw`)]);
  return { ...webhook, headers: raw.headers };
}

/**
 * The acts of the buttons that `webhookDetail` shows.
 * @param {() => unknown} changed
 */
export function webhookActs(changed) {
  return {
    redeliver: (/** @type {HTMLElement} */ button) => report(button, async () => {
      await ask("POST", `/webhooks/${button.dataset.id}/redeliver`);
      say(`Webhook ${button.dataset.id} is sent once more.`);
      changed();
    }),
    webhookCurl: (/** @type {HTMLElement} */ button) => report(button, async () => {
      await copy(curl(await read(`/webhooks/${button.dataset.id}/raw`)), button);
    }),
  };
}
