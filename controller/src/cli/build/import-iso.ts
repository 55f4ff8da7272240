import { basename } from "node:path";
import { invariant } from "@stickfarm/common/invariant";
import { allowSplitting } from "@stickfarm/common/iso/disc-settings";
import type { BootImageFacts, ContentBody } from "@stickfarm/common/media/content";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { digestContent } from "../../content/content-digest.ts";
import type { LocalBlob } from "../../content/upload.ts";
import { inspectTree } from "../boot-image/add-boot-tree.ts";
import { whyUnfit } from "../boot-image/why-unfit.ts";
import type { Controller } from "../connect/controller.ts";
import { checkContentName, sendContent } from "../content/add-content.ts";
import { readLocalImage } from "../content/read-local.ts";
import { type Session, say } from "../shell/session.ts";
import type { LongStep } from "../shell/with-progress.ts";
import { applyGenerated } from "./apply-generated.ts";
import { type Discs, withDiscs } from "./read-discs.ts";

export const ISO_FORMS = ["tree", "image"] as const;

export type ImportIso = {
  /** The discs of one set, or one disc. */
  readonly paths: readonly string[];
  /** tree: its files on FAT32. image: its bytes as they are. */
  readonly form: (typeof ISO_FORMS)[number];
  /** Of the definition; `undefined`: by the first file's name. */
  readonly name: string | undefined;
};

/** Room for a dash and twelve digits behind it. */
const NAME_MAX = 50;

/**
 * Make a definition of discs: their files or bytes become content, whose name ends in its digest, so that the same discs
 * are sent and stored once. Gives back NAME@REVISION.
 *
 * Problems: usage, name_invalid, name_taken when the name is that of a definition that somebody wrote, those of reading the
 *           discs and of sending content.
 */
export async function importIso(
  session: Session,
  controller: Controller,
  { paths, form, name: given, ...step }: ImportIso & LongStep,
): Promise<Result<string>> {
  const [path] = paths;
  invariant(path !== undefined, "--iso was given");
  const name = given ?? nameOf(path);
  const named = checkContentName(name);
  if (!named.ok) return named;
  const importing = { ...step, name, source: paths.map((each) => basename(each)).join(", ") };
  if (form === "tree")
    return withDiscs(session, { ...step, paths }, (discs) =>
      importTree(session, controller, { ...importing, discs }),
    );
  if (paths.length > 1) {
    const detail = `Cannot write ${paths.length} ISO images as they are: one stick holds one, give the files of all with --as tree`;
    return fail({ code: "usage", detail });
  }
  const image = await readLocalImage({ ...step, path });
  if (!image.ok) return image;
  const kept = await keep(session, controller, { ...importing, ...image.value, bootImage: null });
  if (!kept.ok) return kept;
  const spec = { image: { content: kept.value } };
  return applyGenerated(session, controller, { ...importing, kind: "DiskImage", spec });
}

type Importing = LongStep & { readonly name: string; readonly source: string };

async function importTree(
  session: Session,
  controller: Controller,
  { discs: { tree, settings }, ...importing }: Importing & { readonly discs: Discs },
): Promise<Result<string>> {
  const { signal } = importing;
  const inspected = await inspectTree(tree, { architectures: [], declared: [], signal });
  if (!inspected.ok) return inspected;
  const unfit = whyUnfit(importing.source, inspected.value);
  if (unfit !== null) say(session, `It starts no computer: ${unfit.detail}`);
  const bootImage = unfit === null ? inspected.value : null;
  const kept = await keep(session, controller, { ...importing, ...tree, bootImage });
  if (!kept.ok) return kept;
  const content =
    bootImage === null ? { files: [{ content: kept.value }] } : { bootImage: { name: kept.value } };
  const spec = { ...allowSplitting(settings, tree.body.files), ...content };
  return applyGenerated(session, controller, { ...importing, kind: "BootableMedia", spec });
}

type Kept = Importing & {
  readonly body: ContentBody;
  readonly blobs: readonly LocalBlob[];
  readonly bootImage: BootImageFacts | null;
};

/** Gives back the content's name. */
async function keep(
  session: Session,
  controller: Controller,
  { name, body, blobs, bootImage, ...step }: Kept,
): Promise<Result<string>> {
  const digest = digestContent({ body, bootImage });
  const contentName = `${name.slice(0, NAME_MAX).replace(/-+$/, "")}-${digest.slice(0, 12)}`;
  const request = { name: contentName };
  const there = await controller.call(OperatorServiceService.getContent, request);
  if (!there.ok && there.problem.code !== "content_unknown") return there;
  if (there.ok && there.value.content?.digest === digest) {
    say(session, `Content "${contentName}" is in the library already`);
    return ok(contentName);
  }
  const content = { name: contentName, body, blobs, bootImage };
  const sent = await sendContent(session, controller, { ...step, content });
  return sent.ok ? ok(contentName) : sent;
}

/** "Debian 12 (amd64)-01.iso" → "debian-12-amd64-01". */
function nameOf(path: string): string {
  return basename(path)
    .replace(/\.(?:iso|img)$/i, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, NAME_MAX)
    .replace(/-+$/, "");
}
