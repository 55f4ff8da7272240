import { FAT_FILE_BYTES_MAX } from "@stickfarm/common/layout/check-tree";
import type { Content } from "@stickfarm/common/media/content";
import type { MediaDefinition } from "@stickfarm/common/media/definition";
import type { TreeFile } from "@stickfarm/common/media/manifest";
import { ok, type Result } from "@stickfarm/common/result";
import type { SplitWim } from "./create-wim-splitter.ts";

export type SplitInput = {
  readonly definition: MediaDefinition;
  /** Those that the definition needs. */
  readonly contents: readonly Content[];
  readonly splitWim: SplitWim;
  readonly fileBytesMax?: number;
};

const WIM = /\.wim$/i;

/**
 * Contents as they go to the stick: where the definition allows it, a WIM file that FAT32 cannot hold is replaced by its
 * parts: install.wim by install.swm, install2.swm, install3.swm, which Windows' setup finds by these names. All other
 * files that are too large are left for the compiler to refuse.
 *
 * Problems: those of SplitWim.
 * Source:   Microsoft, "Split a Windows image (.wim) file to span across multiple DVDs".
 */
export async function splitOversize({
  definition,
  contents,
  splitWim,
  fileBytesMax = FAT_FILE_BYTES_MAX,
}: SplitInput): Promise<Result<readonly Content[]>> {
  const isAllowed =
    definition.kind === "BootableMedia" && definition.spec.output.usb.oversizeFiles === "splitWim";
  if (!isAllowed) return ok(contents);
  const all: Content[] = [];
  for (const content of contents) {
    const { body } = content;
    if (body.kind === "image") {
      all.push(content);
      continue;
    }
    const files: TreeFile[] = [];
    for (const file of body.files) {
      const placed = await splitFile(file, content.name, { splitWim, fileBytesMax });
      if (!placed.ok) return placed;
      files.push(...placed.value);
    }
    all.push({ ...content, body: { ...body, files } });
  }
  return ok(all);
}

async function splitFile(
  file: TreeFile,
  owner: string,
  { splitWim, fileBytesMax }: { readonly splitWim: SplitWim; readonly fileBytesMax: number },
): Promise<Result<readonly TreeFile[]>> {
  const { path, blob, modifiedAtMs } = file;
  if (blob.sizeBytes <= fileBytesMax || !WIM.test(path)) return ok([file]);
  const parts = await splitWim(blob, `Cannot split "${path}" of content "${owner}"`);
  if (!parts.ok) return parts;
  const base = path.slice(0, -".wim".length);
  return ok(
    parts.value.map((part, index) => ({
      path: `${base}${index === 0 ? "" : index + 1}.swm`,
      blob: part,
      modifiedAtMs,
    })),
  );
}
