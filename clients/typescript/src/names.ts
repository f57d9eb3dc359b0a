/** Names of sandboxes. */

import { randomUUID } from "node:crypto";

const MAX_BEGINNING = 50;

/** A name with this beginning that no other sandbox has. */
export function uniqueName(beginning: string): string {
  return `${beginning.slice(0, MAX_BEGINNING)}-${randomUUID().slice(0, 8)}`;
}
