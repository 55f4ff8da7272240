import { createHash } from "node:crypto";
import { renderCanonicalJson } from "@stickfarm/common/canonical-json";
import type { BootImageFacts, Content } from "@stickfarm/common/media/content";

/**
 * What names a content's revision: SHA-256 over its canonical listing. The same files added twice are the same content;
 * its name and the time when it was added are no part of it, and neither is what was read from the files' headers: that
 * follows from the files, and a later version may read more of it. What somebody declared does not.
 */
export function digestContent({ body, bootImage }: Pick<Content, "body" | "bootImage">): string {
  const listing = { body, bootImage: bootImage === null ? null : factsOf(bootImage) };
  return createHash("sha256").update(renderCanonicalJson(listing)).digest("hex");
}

function factsOf({ architectures, biosBoot, details }: BootImageFacts): object {
  const declared = details?.drivers.declared ?? [];
  const drivers = declared.length === 0 ? {} : { declaredDriverClasses: declared };
  return { architectures, biosBoot, ...drivers };
}
