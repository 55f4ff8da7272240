import { join, resolve } from "node:path";
import { renderBytes } from "@stickfarm/common/bytes";
import { findLongNames } from "@stickfarm/common/iso/find-long-names";
import { parseVolumeSize } from "@stickfarm/common/iso/volume-size";
import { ok, type Result } from "@stickfarm/common/result";
import { checkDiskRoom } from "@stickfarm/common/rim/disk-room";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import { type BootParts, makeBootParts } from "../../iso/boot-parts.ts";
import { checkAbsent, publish } from "../../iso/publish.ts";
import { checkFolder, withWorkFolder } from "../../iso/work-folder.ts";
import { type MediaRef, parseMediaRef } from "../argument/parse-media-ref.ts";
import type { Controller } from "../connect/controller.ts";
import { compileMedia, fetchMedia, storedBlobsOf } from "../connect/fetch-media.ts";
import { type Column, renderTable } from "../output/render-table.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { type Session, say } from "../shell/session.ts";
import { type LongStep, withProgress } from "../shell/with-progress.ts";
import { makeVolume } from "./make-volume.ts";
import { type IsoPlan, planIso } from "./plan-iso.ts";
import { renderFindings } from "./render-findings.ts";

type MakeIso = {
  readonly media: string;
  readonly out: string;
  readonly volumeSize?: string;
  readonly replace?: true;
  readonly staging?: string;
};

/** An image as it lies in its folder now. */
type MadeVolume = {
  readonly path: string;
  readonly volume: number;
  readonly of: number;
  readonly label: string;
  readonly sizeBytes: number;
  readonly sha256: string;
};

const COLUMNS: readonly Column<MadeVolume>[] = [
  { head: "VOLUME", cell: ({ volume, of }) => `${volume} of ${of}` },
  { head: "SIZE", cell: ({ sizeBytes }) => renderBytes(sizeBytes), align: "right" },
  { head: "SHA256", cell: ({ sha256 }) => sha256 },
  { head: "LABEL", cell: ({ label }) => label },
  { head: "FILE", cell: ({ path }) => path },
];

/**
 * Make the discs of a revision, and give them their names when all of them are whole.
 *
 * Problems: usage, media_unknown, file_exists, disk_full, tool_missing, tool_failed, iso_mismatch, volume_too_small, those
 *           of compiling and fetching.
 */
export async function makeIso(
  session: Session,
  controller: Controller,
  make: MakeIso,
): Promise<Result<number>> {
  const ref = parseMediaRef(make.media);
  if (!ref.ok) return ref;
  const volumeBytes =
    make.volumeSize === undefined ? ok(undefined) : parseVolumeSize(make.volumeSize);
  if (!volumeBytes.ok) return volumeBytes;
  const out = resolve(make.out);
  const staging = make.staging === undefined ? null : resolve(make.staging);
  for (const folder of staging === null ? [out] : [out, staging]) {
    const there = await checkFolder(folder);
    if (!there.ok) return there;
  }
  const order = { ref: ref.value, volumeBytes: volumeBytes.value, out, replace: make.replace };
  return withProgress(session, "no image was made and no file was changed", (step) =>
    withWorkFolder(out, (work) => {
      const makeWith = (blobs: string): Promise<Result<number>> =>
        makeAll(session, controller, { ...order, ...step, work, blobs });
      return staging === null ? makeWith(work) : withWorkFolder(staging, makeWith);
    }),
  );
}

type Order = LongStep & {
  readonly ref: MediaRef;
  readonly volumeBytes: number | null | undefined;
  readonly out: string;
  readonly replace: true | undefined;
  /** In `out`'s file system. */
  readonly work: string;
  /** For what is fetched. */
  readonly blobs: string;
};

async function makeAll(
  session: Session,
  controller: Controller,
  order: Order,
): Promise<Result<number>> {
  const { progress, signal, out, work, blobs } = order;
  const compiled = await compileMedia(controller, order.ref, "disc");
  if (!compiled.ok) return compiled;
  const { warnings, media } = compiled.value;
  session.io.stderr.write(renderFindings(media.name, warnings, { color: session.talkColor }));
  const { volumeBytes } = order;
  const planned = await planIso(controller, compiled.value, {
    volumeBytes,
    directory: blobs,
    signal,
  });
  if (!planned.ok) return planned;
  const plan = planned.value;
  const paths = plan.volumes.map(({ fileName }) => join(out, fileName));
  const replace =
    order.replace === true || plan.settings.output.iso.ifExists === "replaceAfterSuccess";
  const absent = replace ? ok(undefined) : await checkAbsent(paths);
  if (!absent.ok) return absent;
  const room = await checkRoom(plan, order);
  if (!room.ok) return room;
  const fetched = await fetchMedia(controller, compiled.value, {
    directory: blobs,
    signal,
    onProgress: (doneBytes, totalBytes) =>
      progress.show({ doing: "fetching", doneBytes, totalBytes }),
  });
  if (!fetched.ok) return fetched;
  const boot = await makeBoot(plan, work, fetched.value.blobPath);
  if (!boot.ok) return boot;
  const made: MadeVolume[] = [];
  for (const [index, path] of paths.entries()) {
    const volume = await makeVolume({ ...order, ...fetched.value, plan, boot: boot.value }, index);
    if (!volume.ok) return volume;
    made.push({ path, ...volume.value });
  }
  progress.clear();
  const files = made.map(({ path }, index) => ({ from: join(work, `${index + 1}.iso`), to: path }));
  const published = await publish(files, { replace });
  if (!published.ok) return published;
  answerMade(session, plan, made);
  return ok(0);
}

/** What is fetched and what is made lie there together for a while. */
async function checkRoom(plan: IsoPlan, { work, blobs }: Order): Promise<Result<void>> {
  const doing = `Cannot make ISO images of "${plan.compiled.media.name}"`;
  const distinct = new Map(
    storedBlobsOf(plan.compiled.manifest).map((blob) => [blob.sha256, blob.sizeBytes]),
  );
  const fetchedBytes = [...distinct.values()].reduce((sum, bytes) => sum + bytes, 0);
  const madeBytes = plan.volumes.reduce((sum, { chargedBytes }) => sum + chargedBytes, 0);
  if (blobs === work) return checkDiskRoom(work, { doing, sizeBytes: fetchedBytes + madeBytes });
  const staged = await checkDiskRoom(blobs, { doing, sizeBytes: fetchedBytes });
  return staged.ok ? checkDiskRoom(work, { doing, sizeBytes: madeBytes }) : staged;
}

function makeBoot(
  { boot, body, manifestSha256 }: IsoPlan,
  folder: string,
  blobPath: (sha256: string) => string,
): Promise<Result<BootParts>> {
  const volumeId = Number.parseInt(manifestSha256.slice(0, 8), 16);
  const volume = { volumeId, volumeLabel: body.volumeLabel };
  return makeBootParts(boot, { folder, blobPath, volume });
}

function answerMade(session: Session, plan: IsoPlan, volumes: readonly MadeVolume[]): void {
  const { compiled, boot, manifestSha256 } = plan;
  const { name, revision, digest } = compiled.media;
  const boots = { bios: boot.bios.kind !== "none", uefi: boot.uefi.kind !== "none" };
  const ways = [...(boots.bios ? ["BIOS"] : []), ...(boots.uefi ? ["UEFI"] : [])];
  const starts = ways.length === 0 ? "It starts no computer" : `It starts by ${ways.join(" and ")}`;
  say(session, `${starts}; every file was read back`);
  const [longName, ...others] = findLongNames(plan.body.files);
  if (longName !== undefined) {
    const names = `"${sanitizeText(longName)}"${others.length === 0 ? "" : ` and ${others.length} more`}`;
    say(session, `Windows sees no name beyond 103 characters whole: ${names}`);
  }
  const media = { name, revision, digest };
  writeAnswer(session, { media, manifestSha256, boots, volumes }, () =>
    renderTable(volumes, COLUMNS, session),
  );
}
