import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BootProof, Firmware } from "@stickfarm/common/media/boot-proof";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { type FindTool, toolMissing } from "@stickfarm/common/rim/tools";
import { bootToWire } from "@stickfarm/common/wire/boot";
import { type BootView, OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { MediaRef } from "../argument/parse-media-ref.ts";
import type { Controller } from "../connect/controller.ts";
import { type CompiledMedia, compileMedia, fetchMedia } from "../connect/fetch-media.ts";
import type { ProgressLine } from "../shell/progress-line.ts";
import { expandImage } from "./expand-image.ts";
import { findFlash } from "./find-flash.ts";
import { layOutMedia } from "./lay-out-media.ts";
import { type MachineOutcome, runMachine } from "./run-machine.ts";
import { writeStickFile } from "./write-stick-file.ts";

export type BootOrder = {
  readonly media: MediaRef;
  readonly firmware: Firmware;
  /** Looked for on the serial console; `null`: only watch. */
  readonly expected: { readonly text: string; readonly pattern: RegExp } | null;
  readonly limitMs: number;
  readonly kvm: boolean;
  /** File for the picture of the screen. */
  readonly screenshotPath: string | null;
  /** Where the stick's file is put meanwhile. */
  readonly workFolder: string;
};

/** What a boot needs of where it runs. */
export type BootPlace = {
  readonly findTool: FindTool;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
};

export type BootReport = {
  readonly media: CompiledMedia["media"];
  readonly outcome: MachineOutcome;
  /** As the controller keeps it. */
  readonly boot: BootView;
};

/** WinPE wants one; memory that a machine does not touch costs nothing. */
const MEMORY_BYTES = 2 * 1024 ** 3;

/**
 * Lay media out into a file, start a machine with it, and let the controller keep what came of it. What is missing here
 * is said before anything is fetched; every file is gone afterwards but the picture that was asked for.
 *
 * Problems: tool_missing, those of compileMedia, fetchMedia, layOutMedia and runMachine, disk_full.
 */
export async function bootMedia(
  controller: Controller,
  order: BootOrder,
  place: BootPlace,
): Promise<Result<BootReport>> {
  const programPath = await place.findTool("qemu-system-x86_64");
  if (programPath === null)
    return fail(toolMissing(`Cannot boot "${order.media.name}"`, ["qemu-system-x86_64"]));
  const flash = await findFlash(order.firmware);
  if (!flash.ok) return flash;
  const compiled = await compileMedia(controller, order.media);
  if (!compiled.ok) return compiled;
  const manifestSha256 = digestOf(compiled.value.manifestBytes);
  const outcome = await inFolders(order.workFolder, async (folders) => {
    const stickPath = join(folders.work, "stick.img");
    const made = await makeStick(controller, {
      compiled: compiled.value,
      stickPath,
      folders,
      place,
    });
    if (!made.ok) return made;
    const { firmware, kvm, expected, limitMs } = order;
    return runMachine({
      doing: `Cannot boot "${order.media.name}"`,
      programPath,
      machine: { stickPath, firmware, flash: flash.value, memoryBytes: MEMORY_BYTES, kvm },
      directory: folders.sockets,
      pattern: expected?.pattern ?? null,
      limitMs,
      signal: place.signal,
    });
  });
  if (!outcome.ok) return outcome;
  const { media } = compiled.value;
  return record(controller, { order, media, manifestSha256, outcome: outcome.value });
}

type Folders = { readonly work: string; readonly sockets: string };

/** Two, because the name of a socket must be short and the work folder may be anywhere. */
async function inFolders<Value>(
  workFolder: string,
  work: (folders: Folders) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const made: string[] = [];
  try {
    for (const parent of [workFolder, tmpdir()])
      made.push(await mkdtemp(join(parent, "stickfarm-boot-")));
  } catch (error) {
    return fail(fileProblem(`Cannot make a folder in "${workFolder}"`, error));
  }
  const [folder = "", sockets = ""] = made;
  try {
    return await work({ work: folder, sockets });
  } finally {
    for (const path of made) await rm(path, { recursive: true, force: true });
  }
}

type Stick = {
  readonly compiled: CompiledMedia;
  readonly stickPath: string;
  readonly folders: Folders;
  readonly place: BootPlace;
};

/** What was fetched is gone when the stick's file is there: it is in it. */
async function makeStick(
  controller: Controller,
  { compiled, stickPath, folders, place: { progress, signal } }: Stick,
): Promise<Result<void>> {
  const directory = join(folders.work, "content");
  await mkdir(directory);
  const show = (doing: string) => (doneBytes: number, totalBytes: number) =>
    progress.show({ doing, doneBytes, totalBytes });
  try {
    const fetching = { directory, signal, onProgress: show("fetching") };
    const fetched = await fetchMedia(controller, compiled, fetching);
    if (!fetched.ok) return fetched;
    const { blobPath, manifest } = fetched.value;
    if (manifest.body.kind === "image") {
      const expanded = await expandImage(manifest.body, { blobPath, signal });
      if (!expanded.ok) return expanded;
    }
    const layout = await layOutMedia(fetched.value, digestOf(compiled.manifestBytes));
    if (!layout.ok) return layout;
    return await writeStickFile({
      path: stickPath,
      layout: layout.value,
      blobPath,
      signal,
      onProgress: show("laying out"),
    });
  } finally {
    progress.clear();
    await rm(directory, { recursive: true, force: true });
  }
}

type Ended = {
  readonly order: BootOrder;
  readonly media: CompiledMedia["media"];
  readonly manifestSha256: string;
  readonly outcome: MachineOutcome;
};

async function record(
  controller: Controller,
  { order, media, manifestSha256, outcome }: Ended,
): Promise<Result<BootReport>> {
  const { picture, verdict, elapsedMs } = outcome;
  if (picture.ok && order.screenshotPath !== null) {
    try {
      await writeFile(order.screenshotPath, picture.value);
    } catch (error) {
      return fail(fileProblem(`Cannot write the picture "${order.screenshotPath}"`, error));
    }
  }
  const { firmware, expected } = order;
  const proof: BootProof = {
    firmware,
    verdict,
    pattern: expected?.text ?? null,
    elapsedMs,
    manifestSha256,
  };
  const answer = await controller.call(OperatorServiceService.recordBoot, {
    name: media.name,
    revision: media.revision,
    boot: bootToWire(proof),
    console: outcome.console,
    screenshot: Buffer.from(picture.ok ? picture.value : []),
  });
  if (!answer.ok) return answer;
  return ok({ media, outcome, boot: answer.value.boot ?? bootToWire(proof) });
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
