import { parseBytes } from "@stickfarm/common/bytes";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Controller } from "../connect/controller.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Session } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";
import { addContent, checkContentName, withProgress } from "./add-content.ts";
import { isFolder, readLocalImage, readLocalTree } from "./read-local.ts";

export function contentAddCommand(shell: Shell) {
  return newCommand(shell, {
    name: "add",
    description:
      "Add a folder or a disk image to the content library.\n\nA folder becomes a tree of files; a file is a raw disk image, or one packed by gzip, xz, zstd, bzip2 or zip. Content is immutable: what has changed is added under another name.",
    examples: [
      "stickfarm content add ./tools --name tools",
      "stickfarm content add debian.img.xz --name debian --bmap debian.img.bmap",
    ],
  })
    .argument("<path>", "folder or image")
    .requiredOption("--name <name>", "name of the content: 1 to 63 of a-z, 0-9 and -")
    .option("--bmap <file>", "block map of the image, whose builder vouches for what it leaves out")
    .option("--max-expanded <size>", "refuse a packed image that holds more (default: 64GiB)")
    .action((path, options, command) =>
      shell.ask(command, (session, controller) => add(session, controller, { path, ...options })),
    );
}

type Add = {
  readonly path: string;
  readonly name: string;
  readonly bmap?: string;
  readonly maxExpanded?: string;
};

async function add(session: Session, controller: Controller, add: Add): Promise<Result<number>> {
  const { path, name, bmap } = add;
  const named = checkContentName(name);
  if (!named.ok) return named;
  const maxExpanded = add.maxExpanded === undefined ? ok(undefined) : parseBytes(add.maxExpanded);
  if (!maxExpanded.ok) return maxExpanded;
  const folder = await isFolder(path);
  if (!folder.ok) return folder;
  if (folder.value && (bmap ?? add.maxExpanded) !== undefined)
    return fail({
      code: "usage",
      detail: `Cannot add "${path}": --bmap and --max-expanded are for images, it is a folder`,
    });
  return withProgress(session, async (step) => {
    const read = folder.value
      ? await readLocalTree(session, { ...step, folder: path, loops: "refuse" })
      : await readLocalImage({
          ...step,
          path,
          ...(bmap === undefined ? {} : { blockMapPath: bmap }),
          ...(maxExpanded.value === undefined ? {} : { maxExpandedBytes: maxExpanded.value }),
        });
    if (!read.ok) return read;
    const content = { ...read.value, name, bootImage: null };
    return addContent(session, controller, { ...step, content });
  });
}
