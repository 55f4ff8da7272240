import type { Content } from "./content.ts";
import type { BlobRef, Manifest } from "./manifest.ts";

/** A blob, and what of its content it is. */
export type NamedBlob = {
  /** Path in the tree; the content's own name for an image. */
  readonly path: string;
  readonly blob: BlobRef;
};

/** What a library or a distribution point holds of a content. */
export function blobsOfContent({ name, body }: Content): readonly NamedBlob[] {
  if (body.kind === "image") return [{ path: name, blob: body.stored }];
  return body.files.map(({ path, blob }) => ({ path, blob }));
}

/** What an agent fetches for a manifest, each once. */
export function blobsOfManifest({ body }: Pick<Manifest, "body">): readonly BlobRef[] {
  if (body.kind === "image") return [body.stored];
  const { files, biosBoot } = body;
  const boot = biosBoot.kind === "grub" ? [biosBoot.boot, biosBoot.core] : [];
  const all = [...files.map(({ blob }) => blob), ...boot];
  return [...new Map(all.map((blob) => [blob.sha256, blob])).values()];
}

/** SHA-256 of what is in a manifest and in none of its contents: the controller made it, and has it alone. */
export function madeBlobs(
  manifest: Pick<Manifest, "body">,
  contents: readonly Content[],
): readonly string[] {
  const given = new Set(
    contents.flatMap((content) => blobsOfContent(content).map(({ blob }) => blob.sha256)),
  );
  return blobsOfManifest(manifest)
    .map(({ sha256 }) => sha256)
    .filter((sha256) => !given.has(sha256));
}
