import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, type Result } from "@stickfarm/common/result";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";
import {
  createNatsAuthority,
  type NatsAuthority,
  parseNatsAuthority,
  renderNatsAuthority,
} from "./nats-authority.ts";

const AUTHORITY_FILE = "authority.json";

/** A new authority, as text by file name, for `init` to keep with the farm's other keys. */
export function createNatsFiles(): Readonly<Record<string, string>> {
  return { [AUTHORITY_FILE]: renderNatsAuthority(createNatsAuthority()) };
}

/** Read what `createNatsFiles()` gave. Problems: trust_damaged, and those of reading a file. */
export async function loadNatsAuthority(directory: string): Promise<Result<NatsAuthority>> {
  const path = join(directory, AUTHORITY_FILE);
  try {
    return parseNatsAuthority(await readFile(path, "utf8"));
  } catch (error) {
    const doing = `Cannot read the NATS keys "${path}"`;
    if (!isErrnoError(error) || error.code !== "ENOENT") return fail(fileProblem(doing, error));
    const detail = `${doing}: the file is missing, it must be as \`stickfarm init\` wrote it`;
    return fail({ code: "trust_damaged", detail, cause: error });
  }
}
