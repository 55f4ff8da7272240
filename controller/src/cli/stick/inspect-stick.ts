import { createHash } from "node:crypto";
import { foldName } from "@stickfarm/common/layout/fat-name";
import type { ReadBytes } from "@stickfarm/common/layout/read-bytes";
import type { FatFile, FatVolume } from "@stickfarm/common/layout/read-fat32";
import type { Manifest, TreeFile } from "@stickfarm/common/media/manifest";
import {
  MANIFEST_PATH,
  MANIFEST_SIGNATURE_PATH,
  PASSPORT_PATH,
  PASSPORT_SIGNATURE_PATH,
} from "@stickfarm/common/media/stick-path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { parseManifest } from "@stickfarm/common/wire/manifest";
import { checkStamps, type StickStamps } from "./check-stamps.ts";
import { compareBeginning } from "./compare-beginning.ts";
import { findStickVolume, type StickVolume } from "./find-stick-volume.ts";
import { type Inspecting, type Inspection, NOTHING_READ, type StickFinding } from "./inspection.ts";

/** Windows puts it onto every stick that it sees. */
const OF_WINDOWS = /^system volume information\//i;
const STAMPS = [MANIFEST_PATH, MANIFEST_SIGNATURE_PATH, PASSPORT_PATH, PASSPORT_SIGNATURE_PATH];
const SMALL_BYTES_MAX = 64 * 1024;

/**
 * Read all that a build put onto a stick, and compare it with the manifest that the farm signed.
 *
 * Shape:    files, and the partition table and boot code before them; not the file system's own tables.
 * Problems: stick_unknown, stick_damaged, also when it was interrupted.
 */
export async function inspectStick(
  read: ReadBytes,
  inspecting: Inspecting,
): Promise<Result<Inspection>> {
  const found = await findStickVolume(read);
  if (!found.ok) return found;
  if (found.value === null) {
    const detail = `Cannot inspect "${inspecting.path}": it holds no manifest of ours`;
    return fail({ code: "stick_unknown", detail });
  }
  const { volume, manifest, beginning } = found.value;
  const stamps = await readStamps(found.value);
  if (!stamps.ok) return stamps;
  const { passport, findings: unsigned } = checkStamps(stamps.value, inspecting.farmKeyPem);
  if (unsigned.length > 0)
    return ok({ verdict: "foreign", passport: null, findings: unsigned, ...NOTHING_READ });
  if (beginning === "blank")
    return ok({ verdict: "unsealed", passport, findings: [], ...NOTHING_READ });
  const parsed = parseManifest(manifest);
  if (!parsed.ok) return parsed;
  const { body } = parsed.value;
  const compared = await compareFiles(volume, body.kind === "tree" ? body.files : [], inspecting);
  if (!compared.ok) return compared;
  const first = await checkBeginning(read, found.value, { body, stickId: passport.stickId });
  const findings = [...(first ?? []), ...compared.value.findings];
  const counts = findings.some(({ what, path }) => what !== "added" || !OF_WINDOWS.test(path));
  const verdict = counts ? "changed" : "intact";
  const notCompared = first === null ? [NO_BOOT_IMAGES] : [];
  return ok({ ...compared.value, verdict, passport, findings, notCompared });
}

const NO_BOOT_IMAGES = "boot code and partition table: what they are made of is not on the stick";
const BEGINNING = "beginning of the stick";

function checkBeginning(
  read: ReadBytes,
  { volume, beginning }: StickVolume,
  { body, stickId }: { readonly body: Manifest["body"]; readonly stickId: string },
): Promise<readonly StickFinding[] | null> {
  // Nothing leads to the files: there is more wrong than can be named.
  if (beginning === "changed") return Promise.resolve([{ what: "changed", path: BEGINNING }]);
  if (body.kind !== "tree") return Promise.resolve(null);
  return compareBeginning(read, { body, stickId, volume });
}

async function readStamps({ volume, manifest }: StickVolume): Promise<Result<StickStamps>> {
  const files: (Uint8Array | null)[] = [];
  for (const path of [MANIFEST_SIGNATURE_PATH, PASSPORT_PATH, PASSPORT_SIGNATURE_PATH]) {
    const file = await volume.readFile(path, SMALL_BYTES_MAX);
    if (!file.ok) return file;
    files.push(file.value);
  }
  const [manifestSignature = null, passport = null, passportSignature = null] = files;
  return ok({ manifest, manifestSignature, passport, passportSignature });
}

type Compared = Pick<Inspection, "findings" | "goodFiles" | "readBytes">;

/** In the order in which they lie on the stick: one pass over it. */
async function compareFiles(
  volume: FatVolume,
  expected: readonly TreeFile[],
  { onRead, signal }: Inspecting,
): Promise<Result<Compared>> {
  const listed = await volume.listFiles();
  if (!listed.ok) return listed;
  const wanted = new Map(expected.map((file) => [foldName(file.path), file]));
  const totalBytes = expected.reduce((sum, { blob }) => sum + blob.sizeBytes, 0);
  const stamps = new Set(STAMPS.map(foldName));
  const findings: StickFinding[] = [];
  let goodFiles = 0;
  let readBytes = 0;
  for (const file of listed.value.toSorted((one, two) => one.firstCluster - two.firstCluster)) {
    const key = foldName(file.path);
    if (stamps.has(key)) continue;
    const want = wanted.get(key);
    wanted.delete(key);
    const isGood = want !== undefined && (await hasDigest(volume, file, want, signal));
    if (signal.aborted) return fail({ code: "stick_damaged", detail: "Cannot go on: interrupted" });
    if (isGood) goodFiles += 1;
    else findings.push({ what: want === undefined ? "added" : "changed", path: file.path });
    readBytes += isGood ? file.sizeBytes : 0;
    onRead(readBytes, totalBytes);
  }
  const missing = [...wanted.values()].map(({ path }) => ({ what: "missing", path }) as const);
  return ok({ findings: [...findings, ...missing], goodFiles, readBytes });
}

/** A file that cannot be read is not what was built. */
async function hasDigest(
  volume: FatVolume,
  file: FatFile,
  { blob }: TreeFile,
  signal: AbortSignal,
): Promise<boolean> {
  if (file.sizeBytes !== blob.sizeBytes) return false;
  const hash = createHash("sha256");
  for await (const part of volume.readParts(file)) {
    if (!part.ok || signal.aborted) return false;
    hash.update(part.value);
  }
  return hash.digest("hex") === blob.sha256;
}
