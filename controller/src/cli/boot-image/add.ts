import { ARCHITECTURES } from "@stickfarm/common/media/architecture";
import { DRIVER_CLASSES } from "@stickfarm/common/media/boot-image-facts";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { completeIsoTree } from "../../boot-image/complete-iso-tree.ts";
import { withKernelTree } from "../../boot-image/make-kernel-tree.ts";
import { withIsoTree } from "../../content/read-iso-tree.ts";
import { collect } from "../argument/collect.ts";
import type { Controller } from "../connect/controller.ts";
import { checkContentName } from "../content/add-content.ts";
import { isFolder } from "../content/read-local.ts";
import { newCommand } from "../shell/new-command.ts";
import { type Session, say } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";
import { withProgress } from "../shell/with-progress.ts";
import { addBootTree } from "./add-boot-tree.ts";
import { parseSource, type Source, type SourceOptions } from "./parse-source.ts";

export function bootImageAddCommand(shell: Shell) {
  return newCommand(shell, {
    name: "add",
    description:
      "Add a boot image: a folder, the files of an ISO image, or a Linux kernel.\n\nWhat a folder or an ISO image starts on is told by EFI/BOOT/BOOTX64.EFI, BOOTIA32.EFI and BOOTAA64.EFI for UEFI, and by boot/grub/i386-pc/boot.img with core.img for BIOS. The EFI loaders of an ISO image may lie in its EFI image, and one with GRUB's modules for BIOS gets boot.img and core.img of this machine. A kernel gets GRUB and shim of this machine's Debian packages: it starts under UEFI, under Secure Boot when Debian signed it, and under BIOS.",
    examples: [
      "stickfarm boot-image add winpe-x64.iso --name winpe-x64 --driver-class net,storage",
      "stickfarm boot-image add ./live --name live --arch x64",
      'stickfarm boot-image add --kernel vmlinuz --initrd initrd.img --cmdline "quiet" --name rescue',
    ],
  })
    .argument("[path]", "folder or ISO image")
    .requiredOption("--name <name>", "name of the boot image: 1 to 63 of a-z, 0-9 and -")
    .option("--kernel <file>", "a Linux kernel for x64, instead of a path")
    .option("--initrd <file>", "its initial RAM disk")
    .option("--cmdline <text>", "its command line")
    .option("--loaders <dir>", "where shim and GRUB of Debian were unpacked (default: /)")
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
      shell.ask(command, (session, controller) =>
        add(session, controller, { ...options, ...(path === undefined ? {} : { path }) }),
      ),
    );
}

type Add = SourceOptions & {
  readonly name: string;
  readonly arch?: readonly string[];
  readonly driverClass?: readonly string[];
};

async function add(session: Session, controller: Controller, add: Add): Promise<Result<number>> {
  const { name, arch, driverClass } = add;
  const named = checkContentName(name);
  if (!named.ok) return named;
  const architectures = parseWords("architecture", ARCHITECTURES, arch ?? []);
  if (!architectures.ok) return architectures;
  const driverClasses = parseWords("driver class", DRIVER_CLASSES, driverClass ?? []);
  if (!driverClasses.ok) return driverClasses;
  const source = parseSource(add);
  if (!source.ok) return source;
  return withProgress(session, "nothing was added", (step) =>
    withSource(session, { source: source.value, name, signal: step.signal }, (tree) =>
      addBootTree(session, controller, {
        ...step,
        ...tree,
        name,
        architectures: architectures.value,
        driverClasses: driverClasses.value,
      }),
    ),
  );
}

type Tree = {
  /** As the operator named it. */
  readonly path: string;
  readonly folder: string;
  readonly loops: "refuse" | "leave-out";
};

/** Give `use` a folder with the files of whatever was named. */
async function withSource(
  session: Session,
  { source, name, signal }: { source: Source; name: string; signal: AbortSignal },
  use: (tree: Tree) => Promise<Result<number>>,
): Promise<Result<number>> {
  if (source.kind === "kernel") {
    const image = { ...source, title: name };
    const path = source.kernelPath;
    const { loadersRoot } = source;
    const added = await withKernelTree(image, { loadersRoot, signal }, (folder) =>
      use({ path, folder, loops: "refuse" }),
    );
    return added.ok ? added.value : added;
  }
  const { path } = source;
  const folder = await isFolder(path);
  if (!folder.ok) return folder;
  if (folder.value) return use({ path, folder: path, loops: "refuse" });
  say(session, `Reading the files of "${path}"`);
  const added = await withIsoTree(path, { signal }, async (tree) => {
    const options = { loadersRoot: source.loadersRoot, signal };
    const completed = await completeIsoTree({ isoPath: path, folder: tree }, options);
    if (!completed.ok) return completed;
    for (const line of completed.value) say(session, line);
    return use({ path, folder: tree, loops: "leave-out" });
  });
  return added.ok ? added.value : added;
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
