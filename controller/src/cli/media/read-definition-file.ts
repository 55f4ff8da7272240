import { createReadStream } from "node:fs";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import type { Session } from "../shell/session.ts";

/** A definition is a page of text; more than this is another file. */
const DEFINITION_BYTES_MAX = 1024 * 1024;

/**
 * The text of a definition, every byte of it kept; "-" is standard input.
 *
 * Problems: path_missing, path_unreadable, usage.
 */
export async function readDefinitionFile(session: Session, file: string): Promise<Result<string>> {
  const doing = `Cannot read the definition "${file}"`;
  try {
    const chunks: Buffer[] = [];
    let byteCount = 0;
    for await (const chunk of file === "-" ? session.io.stdin : createReadStream(file)) {
      chunks.push(Buffer.from(chunk));
      byteCount += chunk.length;
      if (byteCount > DEFINITION_BYTES_MAX)
        return fail({ code: "usage", detail: `${doing}: it must have at most 1 MiB` });
    }
    return ok(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks)),
    );
  } catch (error) {
    if (error instanceof TypeError)
      return fail({ code: "usage", detail: `${doing}: it must be text in UTF-8`, cause: error });
    return fail(fileProblem(doing, error));
  }
}
