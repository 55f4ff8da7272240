import { createHash } from "node:crypto";
import { renderCanonicalJson } from "@stickfarm/common/canonical-json";
import type { Content } from "@stickfarm/common/media/content";

/**
 * What names a content's revision: SHA-256 over its canonical listing. The same files added twice are the same content;
 * its name and the time when it was added are no part of it.
 */
export function digestContent({ body, bootImage }: Pick<Content, "body" | "bootImage">): string {
  return createHash("sha256").update(renderCanonicalJson({ body, bootImage })).digest("hex");
}
