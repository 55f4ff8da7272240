import type { FileHandle } from "node:fs/promises";
import type { LoaderFacts } from "@stickfarm/common/media/boot-image-facts";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { PE_HEAD_BYTES, parsePeHead } from "../parse/parse-pe-head.ts";
import { hashParts, readPart } from "./read-part.ts";
import { readSignatures } from "./read-signatures.ts";

export type ProgramFacts = Pick<LoaderFacts, "architecture" | "signatures">;

/**
 * What an EFI program is for, and who signed it.
 *
 * Shape:    no architecture and no signatures when it is no EFI program at all.
 * Problems: archive_unreadable, when it is one that was cut short.
 */
export async function inspectProgram(
  file: FileHandle,
  { doing, sizeBytes }: { readonly doing: string; readonly sizeBytes: number },
): Promise<Result<ProgramFacts>> {
  const bytes = await readPart(file, { offsetBytes: 0, lengthBytes: PE_HEAD_BYTES });
  const head = parsePeHead(bytes, sizeBytes);
  if (head === null) return ok({ architecture: null, signatures: [] });
  if (typeof head === "string")
    return fail({ code: "archive_unreadable", detail: `${doing}: ${head}` });
  const { architecture, certificates, signedRanges } = head;
  if (certificates.lengthBytes === 0) return ok({ architecture, signatures: [] });
  const table = await readPart(file, certificates);
  const sha256 = await hashParts(file, signedRanges);
  return ok({ architecture, signatures: readSignatures(table, sha256) });
}
