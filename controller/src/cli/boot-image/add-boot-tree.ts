import type { Architecture } from "@stickfarm/common/media/architecture";
import type { DriverClass } from "@stickfarm/common/media/boot-image-facts";
import type { BootImageFacts } from "@stickfarm/common/media/content";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { inspectBootImage } from "../../boot-image/inspect-boot-image.ts";
import type { Controller } from "../connect/controller.ts";
import { addContent } from "../content/add-content.ts";
import { type LocalTree, readLocalTree } from "../content/read-local.ts";
import type { ProgressLine } from "../shell/progress-line.ts";
import { type Session, say } from "../shell/session.ts";
import { describeFacts } from "./describe-facts.ts";
import { detectBootFacts } from "./detect-boot-facts.ts";
import { whyUnfit } from "./why-unfit.ts";

export type BootTree = {
  /** As the operator named it. */
  readonly path: string;
  readonly name: string;
  readonly folder: string;
  readonly loops: "refuse" | "leave-out";
  /** Empty: what is found. */
  readonly architectures: readonly Architecture[];
  /** Empty: what is found. */
  readonly driverClasses: readonly DriverClass[];
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
};

/**
 * Add a folder as a boot image, with what its files say about themselves.
 *
 * Problems: usage, when nothing starts it; those of readLocalTree, inspectBootImage and addContent.
 */
export async function addBootTree(
  session: Session,
  controller: Controller,
  { path, name, architectures, driverClasses: declared, ...reading }: BootTree,
): Promise<Result<number>> {
  const read = await readLocalTree(session, reading);
  if (!read.ok) return read;
  const { signal } = reading;
  const inspected = await inspectTree(read.value, { architectures, declared, signal });
  if (!inspected.ok) return inspected;
  const bootImage = inspected.value;
  const unfit = whyUnfit(path, bootImage);
  if (unfit !== null) return fail(unfit);
  for (const line of describeFacts(bootImage)) say(session, line);
  const content = { ...read.value, name, bootImage };
  return addContent(session, controller, { ...reading, content });
}

/**
 * What a tree starts, by what its files say about themselves.
 *
 * Problems: those of inspectBootImage.
 */
export async function inspectTree(
  { body, blobs }: LocalTree,
  {
    architectures,
    ...inspection
  }: Pick<BootTree, "architectures"> & {
    readonly declared: readonly DriverClass[];
    readonly signal: AbortSignal;
  },
): Promise<Result<BootImageFacts>> {
  const files = blobs.map(({ blob, ...file }) => ({ ...file, ...blob }));
  const details = await inspectBootImage(files, inspection);
  if (!details.ok) return details;
  return ok({
    ...detectBootFacts(body.files),
    ...(architectures.length === 0 ? {} : { architectures }),
    details: details.value,
  });
}
