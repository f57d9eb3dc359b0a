/** A client of one sandbox of a running mock server. */

import { MockServerError, UnexpectedFound } from "./errors.js";
import type {
  Account,
  Activation,
  ActivationBody,
  AdvanceResult,
  Call,
  Clock,
  Duration,
  EventBody,
  Explanation,
  Inbox,
  ItemKind,
  Items,
  JournalEntry,
  Match,
  SandboxBody,
  Scenario,
  Snapshot,
  Unexpected,
  VendorRequest,
  WaitBody,
  Webhook,
} from "./models.js";
import { uniqueName } from "./names.js";
import type {
  ForkOptions,
  MockServerOptions,
  Strictness,
  Verification,
  WebhookWait,
} from "./options.js";
import { type ControlRequest, send } from "./transport.js";

type Filters = Record<string, string | number>;

export class MockServer {
  readonly origin: string;
  readonly sandbox: string;
  readonly #token: string;

  constructor(url: string, { sandbox = "default", token = "" }: MockServerOptions = {}) {
    this.origin = url.replace(/\/+$/, "");
    this.sandbox = sandbox;
    this.#token = token;
  }

  /** The base URL of a provider in this sandbox, or of one of its hosts. */
  url(provider: string, host = ""): string {
    return `${this.#root}/${provider}${host && `/${host}`}`;
  }

  /** The URL of a built-in webhook receiver. */
  inboxUrl(name = "inbox"): string {
    return `${this.#root}/_mock/receive/${name}`;
  }

  /** All calls, oldest first; filters: provider, state, vendor_id. */
  async calls(filters: Filters = {}): Promise<Call[]> {
    return (await this.#get<{ calls: Call[] }>("/calls", filters)).calls;
  }

  call(id: string): Promise<Call> {
    return this.#get(`/calls/${encodeURIComponent(id)}`);
  }

  /** Vendor requests, oldest first; filters: provider, operation, status, call. */
  async requests(filters: Filters = {}): Promise<VendorRequest[]> {
    return (await this.#get<{ requests: VendorRequest[] }>("/requests", filters)).requests;
  }

  /** Webhooks, oldest first; filters: provider, call, state, kind. */
  async webhooks(filters: Filters = {}): Promise<Webhook[]> {
    return (await this.#get<{ webhooks: Webhook[] }>("/webhooks", filters)).webhooks;
  }

  redeliver(webhook: string): Promise<Webhook> {
    return this.#json("POST", `/webhooks/${encodeURIComponent(webhook)}/redeliver`);
  }

  /** Plays the phone, or an act of the vendor: `play("c1", "press", { leg: "a", digits: "1" })`. */
  play(call: string, event: string, more: Omit<EventBody, "event"> = {}): Promise<Call> {
    return this.#json("POST", `/calls/${encodeURIComponent(call)}/events`, { event, ...more });
  }

  /** Activates a scenario for the matching requests, or for the next `times` of them. */
  use(scenario: string, more: Omit<ActivationBody, "scenario"> = {}): Promise<Activation> {
    return this.#json("POST", "/activations", { scenario, ...more });
  }

  /** Adds a scenario; `body` is what a scenario file has under that name. */
  scenario(name: string, body: object): Promise<Scenario> {
    return this.#json("PUT", `/scenarios/${encodeURIComponent(name)}`, body);
  }

  async accounts(provider: string): Promise<Record<string, Account>> {
    const path = `/accounts/${encodeURIComponent(provider)}`;
    return (await this.#get<{ accounts: Record<string, Account> }>(path)).accounts;
  }

  /** Changes an account by a JSON Merge Patch (RFC 7396) and returns it. */
  account(provider: string, name: string, patch: object): Promise<Account> {
    const path = `/accounts/${encodeURIComponent(provider)}/${encodeURIComponent(name)}`;
    return this.#json("PATCH", path, patch);
  }

  /** Sets the webhook URL of all accounts of a provider; a URL in a request still wins. */
  async deliver(provider: string, to: string): Promise<void> {
    for (const name of Object.keys(await this.accounts(provider))) {
      await this.account(provider, name, { webhooks: { any: to } });
    }
  }

  /** Advances the clock by seconds, or by a text such as `90s`, `1m30s` or `2h`. */
  advance(by: Duration): Promise<AdvanceResult> {
    return this.#json("POST", "/clock/advance", { by });
  }

  /** Advances the clock to an ISO 8601 time. */
  advanceTo(to: string): Promise<AdvanceResult> {
    return this.#json("POST", "/clock/advance", { to });
  }

  /** Advances until calls and webhooks cause nothing more; a call that needs a person stays. */
  finish(): Promise<AdvanceResult> {
    return this.#json("POST", "/clock/advance", { until: "idle" });
  }

  clock(): Promise<Clock> {
    return this.#get("/clock");
  }

  /** What a built-in receiver has received. */
  async inbox(name = "inbox"): Promise<Inbox["received"]> {
    return (await this.#get<Inbox>(`/inboxes/${encodeURIComponent(name)}`)).received;
  }

  /** Sets the statuses with which a receiver responds next: `program([500, 200])`. */
  async program(responses: number[], name = "inbox", delay = 0): Promise<void> {
    await this.#json("PUT", `/inboxes/${encodeURIComponent(name)}`, { responses, delay });
  }

  /**
   * Waits until items match, and returns all that do.
   *
   * @throws WaitTimeout Too few matched in time; the message shows the nearest.
   */
  async waitFor<Kind extends ItemKind>(
    kind: Kind,
    what: Omit<WaitBody, "for"> = {},
  ): Promise<Items[Kind][]> {
    return this.#items(kind, "/wait", { for: kind, ...what });
  }

  /**
   * Waits for the first webhook that matches, such as `{ "body.status": "COMPLETED" }`.
   *
   * @throws WaitTimeout No webhook matched in time; the message shows the nearest.
   */
  async waitForWebhook(match: Match = {}, options: WebhookWait = {}): Promise<Webhook> {
    const { within = 5, ...more } = options;
    const [first] = await this.waitFor("webhook", { match, timeout: within, ...more });
    return first as Webhook;
  }

  /**
   * Verifies how often, and in which order, items occurred until now; returns those that match.
   *
   * @throws NotVerified The message shows what was there instead.
   */
  async verify<Kind extends ItemKind>(
    kind: Kind,
    { times, ...more }: Verification = {},
  ): Promise<Items[Kind][]> {
    const expected = typeof times === "number" ? { exactly: times } : times;
    return this.#items(kind, "/verify", { for: kind, times: expected, ...more });
  }

  /** What a strict test fails for, such as a request that no emulated API has. */
  unexpected(): Promise<Unexpected> {
    return this.#get("/unexpected");
  }

  /**
   * Verifies that until now nothing happened that a strict test fails for; call it after the test.
   *
   * @throws UnexpectedFound The message has a line for each reason.
   */
  async verifyStrictly({ allow = [] }: Strictness = {}): Promise<void> {
    const { unexpected, kinds } = await this.unexpected();
    const unknown = allow.find((kind) => !kinds.includes(kind));
    if (unknown !== undefined) {
      throw new MockServerError(`there is no kind "${unknown}": there are ${kinds.join(", ")}`);
    }
    const found = unexpected.filter(({ kind }) => !allow.includes(kind));
    if (found.length > 0) {
      throw new UnexpectedFound(found);
    }
  }

  /** Explains why a vendor request got its response; pass its id, or the response to it. */
  explain(request: string | Response): Promise<Explanation> {
    const id = typeof request === "string" ? request : request.headers.get("x-mock-request");
    return this.#get(`/explain/${encodeURIComponent(id ?? "")}`);
  }

  async journal(): Promise<JournalEntry[]> {
    return (await this.#get<{ entries: JournalEntry[] }>("/journal")).entries;
  }

  /** All that happened in the sandbox as text, one line each. */
  async timeline(): Promise<string> {
    return (await this.#send("GET", "/timeline")).text();
  }

  async reset(): Promise<void> {
    await this.#send("POST", "/reset");
  }

  /** Creates the sandbox, in place of an old one; options: clock, seed, start_at, credentials. */
  async open(options: SandboxBody = {}): Promise<void> {
    await this.#send("PUT", this.#path, options);
  }

  /** Keeps what the sandbox is now under a name, for `fork`. */
  snapshot(name: string): Promise<Snapshot> {
    return this.#json("POST", `${this.#path}/snapshots`, { as: name });
  }

  /** A client of a new sandbox that is as this one is now, or was at a snapshot or a request. */
  async fork({ name, ...more }: ForkOptions = {}): Promise<MockServer> {
    const sandbox = name ?? uniqueName(this.sandbox);
    const client = new MockServer(this.origin, { sandbox, token: this.#token });
    await client.open({ from: this.sandbox, ...more });
    return client;
  }

  /** Deletes the sandbox. */
  async close(): Promise<void> {
    await this.#send("DELETE", this.#path);
  }

  get #root(): string {
    return this.sandbox === "default" ? this.origin : `${this.origin}/_sandbox/${this.sandbox}`;
  }

  get #path(): string {
    return `/sandboxes/${encodeURIComponent(this.sandbox)}`;
  }

  async #items<Kind extends ItemKind>(
    kind: Kind,
    path: string,
    body: object,
  ): Promise<Items[Kind][]> {
    const lists = await this.#json<Record<string, Items[Kind][]>>("POST", path, body);
    return lists[`${kind}s`] ?? [];
  }

  #get<T>(path: string, filters: Filters = {}): Promise<T> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filters)) {
      query.set(name, String(value));
    }
    return this.#json("GET", `${path}${query.size ? "?" : ""}${query}`);
  }

  async #json<T>(method: ControlRequest["method"], path: string, body?: object): Promise<T> {
    return (await (await this.#send(method, path, body)).json()) as T;
  }

  #send(method: ControlRequest["method"], path: string, body?: object): Promise<Response> {
    // sandboxes are not created and deleted from inside, which would create them first
    const root = path.startsWith("/sandboxes/") ? this.origin : this.#root;
    return send({ method, url: `${root}/_mock${path}`, token: this.#token, body });
  }
}
