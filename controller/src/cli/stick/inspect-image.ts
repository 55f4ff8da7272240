import { createHash, type Hash } from "node:crypto";
import { MIB, renderBytes } from "@stickfarm/common/bytes";
import { invariant } from "@stickfarm/common/invariant";
import { alignUp } from "@stickfarm/common/layout/align";
import { layoutImage } from "@stickfarm/common/layout/layout-image";
import type { ReadBytes } from "@stickfarm/common/layout/read-bytes";
import {
  parseTailRecord,
  RECORD_BYTES_MAX,
  tailRecordOffset,
} from "@stickfarm/common/layout/tail-record";
import type { ByteRange, ImageBody } from "@stickfarm/common/media/manifest";
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
  const files = await readTailFiles(read, sizeBytes);
  if (files === null) return null;
  return {
    manifest: files.get(MANIFEST_PATH) ?? null,
    manifestSignature: files.get(MANIFEST_SIGNATURE_PATH) ?? null,
    passport: files.get(PASSPORT_PATH) ?? null,
    passportSignature: files.get(PASSPORT_SIGNATURE_PATH) ?? null,
  };
}

export async function readTailFiles(
  read: ReadBytes,
  sizeBytes: number,
): Promise<ReadonlyMap<string, Uint8Array> | null> {
  const at = tailRecordOffset(sizeBytes);
  return at < 0 ? null : parseTailRecord(await read(at, RECORD_BYTES_MAX));
}

/**
 * Read a stick's image, and compare its digest with that in the manifest that lies behind it.
 *
 * Shape:    what a block map left out is taken for zeros, as it is where the map's builder found holes. An image that is
 *           something else there cannot be proven: the manifest has a digest of the whole alone.
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
  const none = { passport, findings, ...NOTHING_READ };
  if (stamps.manifest === null)
    return ok({ ...none, verdict: "unproven", notCompared: [NO_MANIFEST] });
  const manifest = parseManifest(stamps.manifest);
  if (!manifest.ok) return manifest;
  const { body } = manifest.value;
  if (body.kind !== "image")
    return ok({ ...none, verdict: "unproven", notCompared: [NO_MANIFEST] });
  const written = writtenRanges(body);
  const readBytes = written.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  const digest = await digestOf(read, { body, written, readBytes }, inspecting);
  if (inspecting.signal.aborted)
    return fail({ code: "stick_damaged", detail: "Cannot go on: interrupted" });
  const leftOutBytes = body.expanded.sizeBytes - readBytes;
  const notCompared =
    leftOutBytes === 0
      ? []
      : [`${renderBytes(leftOutBytes)} that the image's block map leaves out`];
  if (digest === body.expanded.sha256)
    return ok({ verdict: "intact", passport, findings, goodFiles: 1, readBytes, notCompared });
  const first = await read(0, FIRST_BLOCK_BYTES);
  if (first.every((byte) => byte === 0)) return ok({ ...none, verdict: "unsealed" });
  if (leftOutBytes > 0) return ok({ ...none, verdict: "unproven", notCompared: [WHOLE_IMAGE] });
  return ok({ ...none, verdict: "changed", findings: [{ what: "changed", path: "image" }] });
}

const NO_MANIFEST = "the image: the record behind it has no manifest, which the controller keeps";
const WHOLE_IMAGE =
  "the image: what its block map left out may be what differs, and no other digest of it is known";

/** What the agent wrote of it, in order. */
function writtenRanges(body: ImageBody): readonly ByteRange[] {
  const geometry = { sizeBytes: alignUp(body.expanded.sizeBytes, 512), logicalBlockBytes: 512 };
  const layout = layoutImage(body, { geometry, stamps: [] });
  invariant(layout.ok, "an image fits a drive of its own size");
  return layout.value.extents.filter(({ source }) => source.kind === "blob");
}

type Written = {
  readonly body: ImageBody;
  readonly written: readonly ByteRange[];
  readonly readBytes: number;
};

async function digestOf(
  read: ReadBytes,
  { body, written, readBytes }: Written,
  { onRead, signal }: Inspecting,
): Promise<string> {
  const hash = createHash("sha256");
  let [hashedBytes, doneBytes] = [0, 0];
  for (const { offsetBytes, lengthBytes } of written) {
    hashZeros(hash, offsetBytes - hashedBytes);
    for (let at = offsetBytes; at < offsetBytes + lengthBytes && !signal.aborted; ) {
      const bytes = await read(at, Math.min(READ_BYTES, offsetBytes + lengthBytes - at));
      // The stick ends before its image does.
      if (bytes.length === 0) return "";
      hash.update(bytes);
      at += bytes.length;
      doneBytes += bytes.length;
      onRead(doneBytes, readBytes);
    }
    if (signal.aborted) return "";
    hashedBytes = offsetBytes + lengthBytes;
  }
  hashZeros(hash, body.expanded.sizeBytes - hashedBytes);
  return hash.digest("hex");
}

function hashZeros(hash: Hash, lengthBytes: number): void {
  const zeros = Buffer.alloc(Math.min(READ_BYTES, lengthBytes));
  for (let left = lengthBytes; left > 0; left -= zeros.length)
    hash.update(zeros.subarray(0, Math.min(zeros.length, left)));
}
