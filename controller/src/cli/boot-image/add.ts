import { ARCHITECTURES, type Architecture } from "@stickfarm/common/media/architecture";
import { DRIVER_CLASSES, type DriverClass } from "@stickfarm/common/media/boot-image-facts";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { inspectBootImage } from "../../boot-image/inspect-boot-image.ts";
import { withIsoTree } from "../../content/read-iso-tree.ts";
import { collect } from "../argument/collect.ts";
import type { Controller } from "../connect/controller.ts";
import { addContent, checkContentName, withProgress } from "../content/add-content.ts";
import { isFolder, readLocalTree } from "../content/read-local.ts";
import { newCommand } from "../shell/new-command.ts";
import type { ProgressLine } from "../shell/progress-line.ts";
import { type Session, say } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";
import { describeFacts } from "./describe-facts.ts";
import { detectBootFacts } from "./detect-boot-facts.ts";
import { whyUnfit } from "./why-unfit.ts";

export function bootImageAddCommand(shell: Shell) {
  return newCommand(shell, {
    name: "add",
    description:
      "Add a boot image: a folder, or the files of an ISO image.\n\nWhat it starts on is told by EFI/BOOT/BOOTX64.EFI, BOOTIA32.EFI and BOOTAA64.EFI for UEFI, and by boot/grub/i386-pc/boot.img with core.img for BIOS.",
    examples: [
      "stickfarm boot-image add winpe-x64.iso --name winpe-x64",
      "stickfarm boot-image add ./live --name live --arch x64",
    ],
  })
    .argument("<path>", "folder or ISO image")
    .requiredOption("--name <name>", "name of the boot image: 1 to 63 of a-z, 0-9 and -")
    .option(
      "--arch <arch>",
      `${ARCHITECTURES.join(", ")}, instead of what is found; repeatable`,
      collect,
    )
    .option(
      "--driver-class <class>",
      `${DRIVER_CLASSES.join(", ")}: drivers in the image, instead of what is found; repeatable`,
      collect,
    )
    .action((path, options, command) =>
      shell.ask(command, (session, controller) => add(session, controller, { path, ...options })),
    );
}

type Add = {
  readonly path: string;
  readonly name: string;
  readonly arch?: readonly string[];
  readonly driverClass?: readonly string[];
};

async function add(
  session: Session,
  controller: Controller,
  { path, name, arch, driverClass }: Add,
): Promise<Result<number>> {
  const named = checkContentName(name);
  if (!named.ok) return named;
  const architectures = parseWords("architecture", ARCHITECTURES, arch ?? []);
  if (!architectures.ok) return architectures;
  const driverClasses = parseWords("driver class", DRIVER_CLASSES, driverClass ?? []);
  if (!driverClasses.ok) return driverClasses;
  const folder = await isFolder(path);
  if (!folder.ok) return folder;
  return withProgress(session, async (step) => {
    const addTree = (from: string, loops: "refuse" | "leave-out") =>
      addBootTree(session, controller, {
        ...step,
        path,
        name,
        folder: from,
        loops,
        architectures: architectures.value,
        driverClasses: driverClasses.value,
      });
    if (folder.value) return addTree(path, "refuse");
    say(session, `Reading the files of "${path}"`);
    const { signal } = step;
    const added = await withIsoTree(path, { signal }, (tree) => addTree(tree, "leave-out"));
    return added.ok ? added.value : added;
  });
}

type BootTree = {
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

async function addBootTree(
  session: Session,
  controller: Controller,
  { path, name, architectures, driverClasses: declared, ...reading }: BootTree,
): Promise<Result<number>> {
  const read = await readLocalTree(session, reading);
  if (!read.ok) return read;
  const found = detectBootFacts(read.value.body.files);
  const files = read.value.blobs.map(({ blob, ...file }) => ({ ...file, ...blob }));
  const details = await inspectBootImage(files, { declared, signal: reading.signal });
  if (!details.ok) return details;
  const bootImage = {
    ...found,
    ...(architectures.length === 0 ? {} : { architectures }),
    details: details.value,
  };
  const unfit = whyUnfit(path, bootImage);
  if (unfit !== null) return fail(unfit);
  for (const line of describeFacts(bootImage)) say(session, line);
  const content = { ...read.value, name, bootImage };
  return addContent(session, controller, { ...reading, content });
}

/** Each word once, as they came. Problems: usage, for the first that is none of those known. */
function parseWords<Word extends string>(
  what: string,
  known: readonly Word[],
  texts: readonly string[],
): Result<readonly Word[]> {
  const words: Word[] = [];
  for (const text of new Set(texts.flatMap((part) => part.split(",")))) {
    const word = known.find((name) => name === text.trim());
    if (word === undefined)
      return fail({
        code: "usage",
        detail: `Cannot use the ${what} "${text}": it must be ${known.join(", ")}`,
      });
    words.push(word);
  }
  return ok(words);
}
