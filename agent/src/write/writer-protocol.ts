/**
 * What an agent and its writer tell each other: one JSON object a line, over the writer's stdin and stdout.
 *
 * Order of calls: `order` -> `ready` | `failed`, also when the drive holds what its consent does not name; `begin` ->
 * `phase`, `progress` and `beat` ... -> `verified` | `failed` | `stopped`; `seal` -> `sealed` | `failed`. Nothing is written before `begin`, and the first MiB not before `seal`: the
 * agent's journal says so first. `stop` counts until `seal` does. The writer ends when its stdin does.
 */

import type { Evidence } from "@stickfarm/common/build/evidence";
import type { WritePolicy, WriteProof } from "@stickfarm/common/build/write-policy";
import type { DriveConsent } from "@stickfarm/common/drive/drive";
import { invariant } from "@stickfarm/common/invariant";
import type { DriveGeometry, StampFile, StickIdentity } from "@stickfarm/common/layout/extent";
import type { ImageBody, TreeBody } from "@stickfarm/common/media/manifest";
import { isProblemCode, type Problem } from "@stickfarm/common/problem";
import type { DriveCalls } from "./calls/watch-calls.ts";

/** One stick to be written. All blobs are in the cache, checked, with their piece hashes beside them. */
export type WriterOrder = {
  readonly body: ImageBody | TreeBody;
  readonly geometry: DriveGeometry;
  readonly consent: Pick<DriveConsent, "bay" | "serial" | "overrides">;
  /** A drive that does not show within so long what it holds is given up. */
  readonly lookMs: number;
  readonly identity: StickIdentity;
  readonly stamps: readonly StampFile[];
  readonly policy: WritePolicy;
  readonly cacheDirectory: string;
  /** How often `progress` comes at most, in milliseconds. */
  readonly progressMs: number;
};

export type WriterCommand =
  | { readonly kind: "order"; readonly order: WriterOrder }
  | { readonly kind: "begin" }
  | { readonly kind: "seal" }
  | { readonly kind: "stop" };

export type WriterPhase = "erase" | "probe" | "compare" | "write" | "verify" | "seal";

export type WriterEvent =
  /** The layout fits the drive, and the consent covers what it holds; nothing has been written. */
  | { readonly kind: "ready"; readonly contentBytes: number; readonly zeroBytes: number }
  | { readonly kind: "phase"; readonly phase: WriterPhase; readonly totalBytes: number }
  | {
      readonly kind: "progress";
      readonly phase: WriterPhase;
      readonly doneBytes: number;
      readonly totalBytes: number;
    }
  /** About once a second from `begin` on, also while the drive does not answer. */
  | ({ readonly kind: "beat" } & DriveCalls)
  /** Everything but the seal was read from the drive and equals the manifest. */
  | { readonly kind: "verified"; readonly evidence: WriteEvidence }
  | {
      readonly kind: "sealed";
      readonly evidence: WriteEvidence;
      /** What was reached, which may be more than the order's policy asks. */
      readonly proof: WriteProof;
    }
  /** `dirty`: something was erased or written, and the stick does not boot. */
  | { readonly kind: "stopped"; readonly dirty: boolean }
  | {
      readonly kind: "failed";
      readonly problem: Problem;
      readonly dirty: boolean;
      /** Only when it came as far as that. */
      readonly evidence?: WriteEvidence;
    };

/** What was done to the drive, from `begin` on. */
export type WriteEvidence = Omit<Evidence, "manifestSha256">;

const COMMANDS: readonly WriterCommand["kind"][] = ["order", "begin", "seal", "stop"];

const EVENTS: readonly WriterEvent["kind"][] = [
  "ready",
  "phase",
  "progress",
  "beat",
  "verified",
  "sealed",
  "stopped",
  "failed",
];

/** One line, with its end. */
export function renderCommand(command: WriterCommand): string {
  if (command.kind !== "order") return `${JSON.stringify(command)}\n`;
  const stamps = command.order.stamps.map((stamp) => ({
    ...stamp,
    bytes: Buffer.from(stamp.bytes).toString("base64"),
  }));
  return `${JSON.stringify({ ...command, order: { ...command.order, stamps } })}\n`;
}

/** The sender is this program's own parent and of the same version: what its lines hold is trusted. */
export function parseCommand(line: string): WriterCommand {
  const command: unknown = JSON.parse(line);
  invariant(isKind<WriterCommand>(command, COMMANDS), `"${line.slice(0, 80)}" is a command`);
  if (command.kind !== "order") return command;
  const stamps = command.order.stamps.map((stamp) => ({
    ...stamp,
    // Base64 in the line, whatever the type says.
    bytes: Buffer.from(stamp.bytes as unknown as string, "base64"),
  }));
  return { kind: "order", order: { ...command.order, stamps } };
}

/** One line, with its end. Of a cause only the text travels. */
export function renderEvent(event: WriterEvent): string {
  if (event.kind !== "failed") return `${JSON.stringify(event)}\n`;
  const { code, detail } = event.problem;
  return `${JSON.stringify({ ...event, problem: { code, detail } })}\n`;
}

/** `null` for anything that is not an event: whatever else a dying process prints. */
export function parseEvent(line: string): WriterEvent | null {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    // Not JSON: null, as promised.
    return null;
  }
  if (!isKind<WriterEvent>(event, EVENTS)) return null;
  return event.kind !== "failed" || isProblemCode(event.problem?.code) ? event : null;
}

function isKind<Message extends { readonly kind: string }>(
  value: unknown,
  kinds: readonly Message["kind"][],
): value is Message {
  return (
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    kinds.some((kind) => kind === value.kind)
  );
}
