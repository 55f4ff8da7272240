import { createHash } from "node:crypto";
import { MIB } from "@stickfarm/common/bytes";
import type { ReadBytes } from "@stickfarm/common/layout/read-bytes";
import {
  parseTailRecord,
  RECORD_BYTES_MAX,
  tailRecordOffset,
} from "@stickfarm/common/layout/tail-record";
import {
  MANIFEST_PATH,
  MANIFEST_SIGNATURE_PATH,
  PASSPORT_PATH,
  PASSPORT_SIGNATURE_PATH,
} from "@stickfarm/common/media/stick-path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { parseManifest } from "@stickfarm/common/wire/manifest";
import { checkStamps, type StickStamps } from "./check-stamps.ts";
import { type Inspecting, type Inspection, NOTHING_READ } from "./inspection.ts";

const READ_BYTES = 4 * MIB;
const FIRST_BLOCK_BYTES = 4096;

/** What lies behind an image on a stick of this size; `null` for nothing of ours. */
export async function readTailStamps(
  read: ReadBytes,
  sizeBytes: number,
): Promise<StickStamps | null> {
  const at = tailRecordOffset(sizeBytes);
  const files = at < 0 ? null : parseTailRecord(await read(at, RECORD_BYTES_MAX));
  if (files === null) return null;
  return {
    manifest: files.get(MANIFEST_PATH) ?? null,
    manifestSignature: files.get(MANIFEST_SIGNATURE_PATH) ?? null,
    passport: files.get(PASSPORT_PATH) ?? null,
    passportSignature: files.get(PASSPORT_SIGNATURE_PATH) ?? null,
  };
}

/**
 * Read a stick's image, and compare its digest with that in the manifest that lies behind it.
 *
 * Shape:    an image of which a block map left parts out has no digest of what is on the stick.
 * Problems: stick_damaged when it was interrupted, protocol_unsupported.
 */
export async function inspectImage(
  read: ReadBytes,
  stamps: StickStamps,
  inspecting: Inspecting,
): Promise<Result<Inspection>> {
  const { passport, findings } = checkStamps(stamps, inspecting.farmKeyPem);
  if (findings.length > 0)
    return ok({ verdict: "foreign", passport: null, findings, ...NOTHING_READ });
  const unproven = { verdict: "unproven", passport, findings, ...NOTHING_READ } as const;
  if (stamps.manifest === null) return ok(unproven);
  const manifest = parseManifest(stamps.manifest);
  if (!manifest.ok) return manifest;
  const { body } = manifest.value;
  if (body.kind !== "image" || body.mapped !== null) return ok(unproven);
  const { sha256, sizeBytes } = body.expanded;
  const digest = await digestOf(read, sizeBytes, inspecting);
  if (inspecting.signal.aborted)
    return fail({ code: "stick_damaged", detail: "Cannot go on: interrupted" });
  if (digest === sha256)
    return ok({ verdict: "intact", passport, findings, goodFiles: 1, readBytes: sizeBytes });
  const first = await read(0, FIRST_BLOCK_BYTES);
  if (first.every((byte) => byte === 0)) return ok({ ...unproven, verdict: "unsealed" });
  const changed = { what: "changed", path: "image" } as const;
  return ok({ verdict: "changed", passport, findings: [changed], ...NOTHING_READ });
}

async function digestOf(
  read: ReadBytes,
  sizeBytes: number,
  { onRead, signal }: Inspecting,
): Promise<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < sizeBytes && !signal.aborted; at += READ_BYTES) {
    hash.update(await read(at, Math.min(READ_BYTES, sizeBytes - at)));
    onRead(Math.min(at + READ_BYTES, sizeBytes), sizeBytes);
  }
  return hash.digest("hex");
}
