import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { link, mkdir, open, rm } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { syncDirectory } from "@stickfarm/common/rim/atomic-file";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";
import { KEK_BYTES } from "./secret-box.ts";

/**
 * The key that every secret of a farm is sealed under (KEK): 32 random bytes in a file outside the data directory, so that
 * a copy of the data directory, or a backup of it, opens nothing.
 */
export type SecretsKeyFile = {
  readonly path: string;
  /** credential: systemd gave it, readable for the service's group by its access list; it is never made here. */
  readonly kind: "credential" | "file";
};

/** What the farm keeps in place of its key, to know it again. */
export const SECRETS_CHECK_NAME = "secrets.check";

/**
 * The key in its file, which is made when there is none: 0600, whole or not at all, and never overwritten.
 *
 * Problems: secrets_key_missing, secrets_key_exposed, secrets_key_wrong, those of writing a file.
 */
export async function ensureSecretsKey(
  file: SecretsKeyFile,
  dataDirectory: string,
): Promise<Result<Uint8Array>> {
  const found = await readSecretsKey(file, dataDirectory);
  if (found.ok || found.problem.code !== "secrets_key_missing" || file.kind === "credential") {
    return found;
  }
  try {
    await createKeyFile(file.path);
  } catch (error) {
    return fail(fileProblem(`Cannot write the secrets key "${file.path}"`, error));
  }
  // What is there now may be another call's, which was quicker.
  return readSecretsKey(file, dataDirectory);
}

/**
 * Problems: secrets_key_missing, secrets_key_exposed when others can read it or it lies in the data directory,
 *           secrets_key_wrong when it has not 32 bytes, path_unreadable.
 */
export async function readSecretsKey(
  file: SecretsKeyFile,
  dataDirectory: string,
): Promise<Result<Uint8Array>> {
  const doing = `Cannot use the secrets key "${file.path}"`;
  if (isInside(file.path, dataDirectory)) {
    const where = `it lies in the data directory "${dataDirectory}", it must lie outside`;
    return fail({ code: "secrets_key_exposed", detail: `${doing}: ${where}` });
  }
  try {
    const handle = await open(file.path, "r");
    try {
      const { mode } = await handle.stat();
      const problem = whyExposed(mode, file, doing);
      if (problem !== null) return fail(problem);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(KEK_BYTES + 1));
      if (bytesRead === KEK_BYTES) return ok(buffer.subarray(0, KEK_BYTES));
      const detail = `${doing}: it has ${bytesRead > KEK_BYTES ? "more than " : ""}${Math.min(bytesRead, KEK_BYTES)} bytes, it must have ${KEK_BYTES}`;
      return fail({ code: "secrets_key_wrong", detail });
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!isErrnoError(error) || error.code !== "ENOENT") return fail(fileProblem(doing, error));
    return fail({ code: "secrets_key_missing", detail: `${doing}: there is none`, cause: error });
  }
}

/** Tells nothing of the key, and is the same for no other. Lower-case hex. */
export function checkOfSecretsKey(key: Uint8Array): string {
  return createHmac("sha256", key).update("stickfarm.secrets-key.v1").digest("hex");
}

/** Problems: secrets_key_wrong. */
export function matchSecretsKey(
  key: Uint8Array,
  { check, path }: { readonly check: string; readonly path: string },
): Result<void> {
  const expected = Buffer.from(check.trim());
  const is = Buffer.from(checkOfSecretsKey(key));
  if (expected.length === is.length && timingSafeEqual(expected, is)) return ok(undefined);
  const detail = `Cannot use the secrets key "${path}": it is another farm's, or was replaced`;
  return fail({ code: "secrets_key_wrong", detail });
}

function whyExposed(mode: number, { kind }: SecretsKeyFile, doing: string): Problem | null {
  // For a credential systemd sets an access list, which shows as the group's bits. Source: systemd.exec(5), Credentials.
  const exposed = mode & (kind === "credential" ? 0o007 : 0o077);
  if (exposed === 0) return null;
  const shown = (mode & 0o777).toString(8).padStart(4, "0");
  const detail = `${doing}: it has mode ${shown}, others can use it, it must have 0600`;
  return { code: "secrets_key_exposed", detail };
}

function isInside(path: string, directory: string): boolean {
  const way = relative(resolve(directory), resolve(path));
  return way !== "" && !way.startsWith("..") && !isAbsolute(way);
}

/** A link is made whole or not at all, and never in place of a file that is there. */
async function createKeyFile(path: string): Promise<void> {
  const directory = dirname(resolve(path));
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const staged = `${path}.new-${randomBytes(4).toString("hex")}`;
  try {
    const file = await open(staged, "wx", 0o600);
    try {
      await file.writeFile(randomBytes(KEK_BYTES));
      await file.sync();
    } finally {
      await file.close();
    }
    await link(staged, path);
  } catch (error) {
    if (!isErrnoError(error) || error.code !== "EEXIST") throw error;
  } finally {
    await rm(staged, { force: true });
  }
  await syncDirectory(directory);
}
