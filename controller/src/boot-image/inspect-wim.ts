import type { FileHandle } from "node:fs/promises";
import type { WindowsImageFacts } from "@stickfarm/common/media/boot-image-facts";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { parseWimHead, WIM_HEAD_BYTES } from "../parse/parse-wim-head.ts";
import { parseWimXml } from "../parse/parse-wim-xml.ts";
import { readPart } from "./read-part.ts";

/**
 * Which Windows images a WIM file holds, by its header and its XML.
 *
 * Problems: archive_unreadable, for a header or XML that is not whole.
 */
export async function inspectWim(
  file: FileHandle,
  { doing, sizeBytes }: { readonly doing: string; readonly sizeBytes: number },
): Promise<Result<Pick<WindowsImageFacts, "bootIndex" | "images">>> {
  const refuse = (why: string) => fail({ code: "archive_unreadable", detail: `${doing}: ${why}` });
  const bytes = await readPart(file, { offsetBytes: 0, lengthBytes: WIM_HEAD_BYTES });
  const head = parseWimHead(bytes, sizeBytes);
  if (typeof head === "string") return refuse(head);
  const images = parseWimXml(await readPart(file, head.xml));
  if (typeof images === "string") return refuse(images);
  if (images.length !== head.imageCount)
    return refuse(`its header has ${head.imageCount} images, its XML tells of ${images.length}`);
  return ok({ bootIndex: head.bootIndex, images });
}
