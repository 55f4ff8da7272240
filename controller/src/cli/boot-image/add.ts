import {
  ARCHITECTURES,
  type Architecture,
  type BootImageFacts,
} from "@stickfarm/common/media/content";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { withIsoTree } from "../../content/read-iso-tree.ts";
import { collect } from "../argument/collect.ts";
import type { Controller } from "../connect/controller.ts";
import { addContent, checkContentName, withProgress } from "../content/add-content.ts";
import { isFolder, readLocalTree } from "../content/read-local.ts";
import { newCommand } from "../shell/new-command.ts";
import type { ProgressLine } from "../shell/progress-line.ts";
import { type Session, say } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";
import { detectBootFacts } from "./detect-boot-facts.ts";

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
    .action((path, options, command) =>
      shell.ask(command, (session, controller) => add(session, controller, { path, ...options })),
    );
}

type Add = { readonly path: string; readonly name: string; readonly arch?: readonly string[] };

async function add(
  session: Session,
  controller: Controller,
  { path, name, arch }: Add,
): Promise<Result<number>> {
  const named = checkContentName(name);
  if (!named.ok) return named;
  const architectures = parseArchitectures(arch ?? []);
  if (!architectures.ok) return architectures;
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
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
};

async function addBootTree(
  session: Session,
  controller: Controller,
  { path, name, architectures, ...reading }: BootTree,
): Promise<Result<number>> {
  const read = await readLocalTree(session, reading);
  if (!read.ok) return read;
  const found = detectBootFacts(read.value.body.files);
  const bootImage = architectures.length === 0 ? found : { ...found, architectures };
  if (bootImage.architectures.length === 0 && bootImage.biosBoot === "none")
    return fail({
      code: "usage",
      detail: `Cannot add "${path}" as a boot image: it holds nothing that firmware starts, it must hold EFI/BOOT/BOOT*.EFI or GRUB for BIOS, or --arch must say what it is`,
    });
  say(session, describeFacts(bootImage));
  const content = { ...read.value, name, bootImage };
  return addContent(session, controller, { ...reading, content });
}

function describeFacts({ architectures, biosBoot }: BootImageFacts): string {
  const uefi = architectures.length === 0 ? "no UEFI" : `UEFI on ${architectures.join(", ")}`;
  return `Found: ${uefi}; ${biosBoot === "grub" ? "BIOS by GRUB" : "no BIOS boot"}`;
}

/** Problems: usage, for the first that is none. */
function parseArchitectures(texts: readonly string[]): Result<readonly Architecture[]> {
  const architectures: Architecture[] = [];
  for (const text of new Set(texts.flatMap((part) => part.split(",")))) {
    const known = ARCHITECTURES.find((architecture) => architecture === text.trim());
    if (known === undefined)
      return fail({
        code: "usage",
        detail: `Cannot use the architecture "${text}": it must be ${ARCHITECTURES.join(", ")}`,
      });
    architectures.push(known);
  }
  return ok(architectures);
}
