import { invariant } from "@stickfarm/common/invariant";
import { checkTree } from "@stickfarm/common/layout/check-tree";
import { renderVolumeLabel } from "@stickfarm/common/layout/render-volume-label";
import { checkReferences } from "@stickfarm/common/media/check-references";
import type { Content, ImageContent, TreeContent } from "@stickfarm/common/media/content";
import type {
  BootableMedia,
  DiskImage,
  MediaDefinition,
  Medium,
} from "@stickfarm/common/media/definition";
import { renderPath } from "@stickfarm/common/media/finding";
import type { BiosBoot, ImageBody, Manifest, TreeBody } from "@stickfarm/common/media/manifest";
import { referencesOf } from "@stickfarm/common/media/references";
import type { StickCertificate } from "@stickfarm/common/media/stick-certificate";
import { packageFolder } from "@stickfarm/common/media/stick-path";
import type { StoredTaskSequence } from "@stickfarm/common/media/task-sequence";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Secret } from "@stickfarm/common/secret";
import { collectSecrets } from "./collect-secrets.ts";
import { composeTree, type PlacedTree } from "./compose-tree.ts";
import { type GeneratedFile, generateFiles } from "./generate-files.ts";
import { joinProblems } from "./join-problems.ts";
import type { SealRandom } from "./seal-settings.ts";

export type CompileInput = {
  readonly definition: MediaDefinition;
  readonly medium: Medium;
  /** Counts from 1. */
  readonly revision: number;
  /** SHA-256 of the definition's digest text, lower-case hex. */
  readonly digest: string;
  /** At least those that the definition names, by name. */
  readonly contents: ReadonlyMap<string, Content>;
  /** At least those that the definition names, by name, opened. */
  readonly secrets: ReadonlyMap<string, Secret>;
  /** At least the one that the definition names. */
  readonly taskSequences: ReadonlyMap<string, StoredTaskSequence>;
  /** What the definition asks for; goes into the sealed settings. */
  readonly certificate: StickCertificate | null;
  /** Fresh for each compilation. */
  readonly random: SealRandom;
  /** Milliseconds since 1970 UTC: the date of the files that are made here. */
  readonly nowMs: number;
};

export type Compiled = {
  readonly manifest: Manifest;
  /** Small files made here; the manifest names them, the library must hold them. */
  readonly blobs: readonly GeneratedFile[];
};

/**
 * A definition and what it names as a manifest: every file that a stick will hold, by digest.
 *
 * Takes about a second when there is a password, nearly all of it to derive its key.
 *
 * Problems: content_unknown, secret_unknown, task_sequence_unknown, definition_invalid; secret_weak, secret_unusable; names_collide, naming
 *           both contents; those of checkTree. What can be found together is said together.
 */
export async function compileManifest(input: CompileInput): Promise<Result<Compiled>> {
  const { definition, revision, digest } = input;
  const missing = checkNames(input);
  if (missing.length > 0) return fail(joinProblems(missing));
  const compiled =
    definition.kind === "DiskImage"
      ? ok({ body: imageBody(definition, input), blobs: [] })
      : await compileTree(definition, input);
  if (!compiled.ok) return compiled;
  const { body, blobs } = compiled.value;
  const { name } = definition.metadata;
  return ok({
    manifest: { formatVersion: 1, definition: { name, revision, digest }, body },
    blobs,
  });
}

function checkNames(input: CompileInput): readonly Problem[] {
  const { definition, contents, secrets, taskSequences } = input;
  const library = {
    contents,
    secretNames: new Set(secrets.keys()),
    pointNames: new Set(definition.spec.distributionPoints),
    // How strong the password is, is judged with its value.
    weakSecrets: new Map<string, string>(),
    taskSequences,
  };
  return checkReferences(referencesOf(definition), library)
    .filter(({ severity }) => severity === "error")
    .map(({ code, at, rule }) => ({
      code,
      detail: `Cannot compile "${definition.metadata.name}": ${renderPath(at)} ${rule}`,
    }));
}

function imageBody({ spec }: DiskImage, { contents }: CompileInput): ImageBody {
  const { stored, compression, expanded, mapped } = imageNamed(spec.image.content, contents);
  return { kind: "image", stored, compression, expanded, mapped, passport: spec.passport };
}

type CompiledTree = { readonly body: TreeBody; readonly blobs: readonly GeneratedFile[] };

async function compileTree(
  definition: BootableMedia,
  input: CompileInput,
): Promise<Result<CompiledTree>> {
  const sealed = collectSecrets(definition, input.secrets);
  if (!sealed.ok) return sealed;
  const { usb, label } = definition.spec.output;
  const volumeLabel = renderVolumeLabel(label).label;
  const blobs = await generateFiles({
    ...input,
    definition,
    taskSequence: input.taskSequences.get(definition.spec.taskSequence ?? "") ?? null,
    volumeLabel,
    sealed: sealed.value,
  });
  const { files, emptyDirectories, problems } = composeTree([
    ourTree(blobs, input.nowMs),
    ...placedContents(definition, input.contents),
    ...placedPackage(definition, input.contents),
  ]);
  const entries = files.map(({ path, blob }) => ({ path, sizeBytes: blob.sizeBytes }));
  const all = [...problems, ...checkTree(entries, emptyDirectories)];
  if (all.length > 0) return fail(joinProblems(all));
  const body: TreeBody = {
    kind: "tree",
    partitionTable: usb.partitionTable,
    fileSystem: usb.fileSystem,
    partitionBytes: usb.partitionBytes,
    volumeLabel,
    files,
    emptyDirectories,
    biosBoot: biosBootOf(definition, input.contents),
  };
  return ok({ body, blobs });
}

function ourTree(blobs: readonly GeneratedFile[], nowMs: number): PlacedTree {
  const files = blobs.map(({ path, sha256, bytes }) => ({
    path,
    blob: { sha256, sizeBytes: bytes.length },
    modifiedAtMs: nowMs,
  }));
  return { owner: "stickfarm itself", isOurs: true, folder: "", files, emptyDirectories: [] };
}

function placedContents(
  { spec: { bootImage, files } }: BootableMedia,
  contents: ReadonlyMap<string, Content>,
): readonly PlacedTree[] {
  const root = bootImage === null ? [] : [{ content: bootImage.name, folder: "" }];
  return [...root, ...files].map(({ content, folder }) => ({
    ...placedTree(content, folder, contents),
    isOurs: false,
  }));
}

/** The prestart command's files: plain, as they are, in a folder of ours that is named after them. */
function placedPackage(
  { spec: { prestart } }: BootableMedia,
  contents: ReadonlyMap<string, Content>,
): readonly PlacedTree[] {
  const name = prestart?.package ?? null;
  if (name === null) return [];
  return [{ ...placedTree(name, packageFolder(name), contents), isOurs: true }];
}

function placedTree(
  content: string,
  folder: string,
  contents: ReadonlyMap<string, Content>,
): Omit<PlacedTree, "isOurs"> {
  const tree = treeNamed(content, contents);
  const isEmpty = tree.files.length === 0 && tree.emptyDirectories.length === 0;
  return {
    owner: `content "${content}"`,
    folder,
    files: tree.files,
    // The folder that a definition names is there, also when its content is not.
    emptyDirectories: isEmpty ? [""] : tree.emptyDirectories,
  };
}

const GRUB_BOOT_PATH = "boot/grub/i386-pc/boot.img";
const GRUB_CORE_PATH = "boot/grub/i386-pc/core.img";

/** A boot image that brings GRUB's images for BIOS has them installed. */
function biosBootOf(
  { spec: { bootImage } }: BootableMedia,
  contents: ReadonlyMap<string, Content>,
): BiosBoot {
  if (bootImage === null) return { kind: "none" };
  const { files } = treeNamed(bootImage.name, contents);
  // FAT does not tell upper from lower case, and neither does what the boot image was added by.
  const boot = files.find(({ path }) => path.toLowerCase() === GRUB_BOOT_PATH)?.blob;
  const core = files.find(({ path }) => path.toLowerCase() === GRUB_CORE_PATH)?.blob;
  return boot === undefined || core === undefined ? { kind: "none" } : { kind: "grub", boot, core };
}

function treeNamed(name: string, contents: ReadonlyMap<string, Content>): TreeContent {
  const body = contents.get(name)?.body;
  invariant(body?.kind === "tree", `content "${name}" was checked to be a tree`);
  return body;
}

function imageNamed(name: string, contents: ReadonlyMap<string, Content>): ImageContent {
  const body = contents.get(name)?.body;
  invariant(body?.kind === "image", `content "${name}" was checked to be an image`);
  return body;
}
