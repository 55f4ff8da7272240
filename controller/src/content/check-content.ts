import { checkTree } from "@stickfarm/common/layout/check-tree";
import type { Content, ImageContent } from "@stickfarm/common/media/content";
import { blobsOfContent } from "@stickfarm/common/media/content-blobs";
import type { ByteRange } from "@stickfarm/common/media/manifest";
import type { Problem } from "@stickfarm/common/problem";

/** Bytes of a blob in the library, or `null` when it is not there. */
export type SizeOf = (sha256: string) => Promise<number | null>;

/** Files named when content is missing: enough to see what is wrong, not a list of thousands. */
const MISSING_NAMED_MAX = 5;

/**
 * Why this cannot be content, whoever says that it is: the command checks what it reads, but what arrives here may come
 * from any program that holds an operator's certificate. Files that are too large for FAT32 are left to who composes.
 *
 * Problems: path_leaves_tree, name_not_fat, names_collide, directory_too_large, usage, content_missing.
 */
export async function whyNotContent(content: Content, sizeOf: SizeOf): Promise<Problem | null> {
  const form = whyMalformed(content);
  if (form !== null) return form;
  const missing: string[] = [];
  for (const { path, blob } of blobsOfContent(content)) {
    const sizeBytes = await sizeOf(blob.sha256);
    if (sizeBytes === null) missing.push(path);
    else if (sizeBytes !== blob.sizeBytes)
      return refuse(
        content,
        `${JSON.stringify(path)} has ${sizeBytes} bytes in the library, must have the ${blob.sizeBytes} that are claimed`,
      );
  }
  if (missing.length === 0) return null;
  const names = missing.slice(0, MISSING_NAMED_MAX).join(", ");
  return {
    code: "content_missing",
    detail: `Cannot add content "${content.name}": ${missing.length} of its files are not in the library (${names})`,
  };
}

function whyMalformed(content: Content): Problem | null {
  const { body } = content;
  if (body.kind === "image") return whyImageMalformed(content, body);
  const entries = body.files.map(({ path, blob }) => ({ path, sizeBytes: blob.sizeBytes }));
  const findings = checkTree(entries, body.emptyDirectories);
  return findings.find(({ code }) => code !== "file_too_large") ?? null;
}

function whyImageMalformed(content: Content, image: ImageContent): Problem | null {
  const { stored, compression, expanded, mapped } = image;
  if (compression === "none" && stored.sha256 !== expanded.sha256)
    return refuse(content, "it is not compressed, so what it expands to must be itself");
  let endBytes = 0;
  for (const range of mapped ?? []) {
    if (!follows(range, endBytes, expanded.sizeBytes))
      return refuse(
        content,
        `its block map has ${range.lengthBytes} bytes from ${range.offsetBytes} on, which must follow ${endBytes} and end by ${expanded.sizeBytes}`,
      );
    endBytes = range.offsetBytes + range.lengthBytes;
  }
  return null;
}

function follows({ offsetBytes, lengthBytes }: ByteRange, from: number, to: number): boolean {
  return offsetBytes >= from && lengthBytes >= 1 && offsetBytes + lengthBytes <= to;
}

function refuse({ name }: Content, why: string): Problem {
  return { code: "usage", detail: `Cannot add content "${name}": ${why}` };
}
