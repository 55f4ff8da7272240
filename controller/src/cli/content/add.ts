import { parseBytes } from "@stickfarm/common/bytes";
import type { ContentBody } from "@stickfarm/common/media/content";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Controller } from "../connect/controller.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Session } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";
import { withProgress } from "../shell/with-progress.ts";
import { addContent, checkContentName } from "./add-content.ts";
import {
  isFolder,
  type LocalContent,
  readLocalFile,
  readLocalImage,
  readLocalTree,
} from "./read-local.ts";

export function contentAddCommand(shell: Shell) {
  return newCommand(shell, {
    name: "add",
    description:
      "Add a folder or a disk image to the content library.\n\nA folder becomes a tree of files; a file is a raw disk image, or one packed by gzip, xz, zstd, bzip2 or zip; a .pfx or .p12 file is a certificate for definitions to name. Content is immutable: what has changed is added under another name.",
    examples: [
      "stickfarm content add ./tools --name tools",
      "stickfarm content add debian.img.xz --name debian --bmap debian.img.bmap",
      "stickfarm content add hq-media.pfx --name hq-cert",
    ],
  })
    .argument("<path>", "folder, image or certificate")
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
  const is = folder.value ? "folder" : CERTIFICATE_FILE.test(path) ? "certificate" : "image";
  if (is !== "image" && (bmap ?? add.maxExpanded) !== undefined)
    return fail({
      code: "usage",
      detail: `Cannot add "${path}": --bmap and --max-expanded are for images, it is a ${is}`,
    });
  const image = {
    ...(bmap === undefined ? {} : { blockMapPath: bmap }),
    ...(maxExpanded.value === undefined ? {} : { maxExpandedBytes: maxExpanded.value }),
  };
  return withProgress(session, "nothing was added", async (step) => {
    const read = await readLocal(session, { ...step, ...image, path, is });
    if (!read.ok) return read;
    const content = { ...read.value, name, bootImage: null };
    return addContent(session, controller, { ...step, content });
  });
}

/** PKCS #12, which is written onto nothing as it is. */
const CERTIFICATE_FILE = /\.(pfx|p12)$/i;

type Local = Parameters<typeof readLocalImage>[0] & {
  readonly is: "folder" | "certificate" | "image";
};

function readLocal(
  session: Session,
  { is, ...reading }: Local,
): Promise<Result<LocalContent<ContentBody>>> {
  switch (is) {
    case "folder":
      return readLocalTree(session, { ...reading, folder: reading.path, loops: "refuse" });
    case "certificate":
      return readLocalFile(reading);
    case "image":
      return readLocalImage(reading);
  }
}
