import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";
import type { Session } from "../shell/session.ts";

/** `null` when none was named and this machine has no farm. */
export async function readFarmKey(
  session: Session,
  named: string | undefined,
): Promise<Result<string | null>> {
  const path = named ?? join(session.paths.dataDirectory, "trust", "signing.pub");
  try {
    const text = await readFile(path, "utf8");
    if (isPublicKey(text)) return ok(text);
    return fail({ code: "usage", detail: `Cannot use "${path}": it is no public key in PEM` });
  } catch (error) {
    // Support staff have no farm on their machine, and may not read one that is there.
    if (named === undefined && isErrnoError(error)) return ok(null);
    return fail(fileProblem(`Cannot read the farm's key "${path}"`, error));
  }
}

function isPublicKey(text: string): boolean {
  try {
    return createPublicKey(text).type === "public" && !text.includes("PRIVATE");
  } catch {
    // OpenSSL throws errors of many kinds for what is no key.
    return false;
  }
}
