/** The values of the control API, by the names that its OpenAPI document has for them. */

import type { components } from "./schema.js";

type Schemas = components["schemas"];

export type Call = Schemas["Call"];
export type VendorRequest = Schemas["Request"];
export type Webhook = Schemas["Webhook"];
export type AdvanceResult = Schemas["AdvanceResult"];
export type Clock = Schemas["Clock"];
export type Explanation = Schemas["Explanation"];
export type Inbox = Schemas["Inbox"];
export type JournalEntry = Schemas["JournalEntry"];
export type Activation = Schemas["Activation"];
export type Account = Schemas["Account"];
export type Scenario = Schemas["Scenario"];
export type Snapshot = Schemas["Snapshot"];
export type Unexpected = Schemas["Unexpected"];
export type Problem = Schemas["Problem"];
export type Match = Schemas["Match"];
export type Times = Schemas["Times"];
export type Duration = Schemas["Duration"];
export type EventBody = Schemas["EventBody"];
export type ActivationBody = Schemas["ActivationBody"];
export type SandboxBody = Schemas["SandboxBody"];
export type WaitBody = Schemas["WaitBody"];
export type VerifyBody = Schemas["VerifyBody"];

/** What a wait or a verification is for -> its items. */
export interface Items {
  webhook: Webhook;
  call: Call;
  request: VendorRequest;
}
export type ItemKind = keyof Items;
