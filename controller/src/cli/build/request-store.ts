import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AskedPolicy } from "@stickfarm/common/build/write-policy";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { writeFileAtomically } from "@stickfarm/common/rim/atomic-file";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";
import { askedPolicyFromWire } from "@stickfarm/common/wire/write-policy";
import { AskedPolicy as WireAsked } from "@stickfarm/proto/stickfarm/v1/operator";
import type { Target } from "../argument/parse-targets.ts";

/**
 * Requests as they were sent, kept before they are: when the answer is lost, nobody knows whether the build runs, and
 * only the same body under the same id can be sent again without erasing anything twice.
 */
export type StartRequest = {
  readonly requestId: string;
  readonly mediaName: string;
  /** 0 = newest. */
  readonly revision: number;
  readonly targets: readonly Target[];
  readonly planDigest: string;
  readonly policy: AskedPolicy;
  /** Serials of drives that a yes alone does not erase. */
  readonly eraseSerials: readonly string[];
};

/** An answer is asked for again within minutes; a hundred requests are weeks of work. */
const REQUESTS_MAX = 100;

/** Problems: path_unreadable, disk_full, storage_failed. */
export async function saveRequest(folder: string, request: StartRequest): Promise<Result<void>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const text = `${JSON.stringify(request, null, 2)}\n`;
    await writeFileAtomically(pathOf(folder, request.requestId), Buffer.from(text));
    await removeOldest(folder);
    return ok(undefined);
  } catch (error) {
    return fail(fileProblem(`Cannot keep the request in "${folder}"`, error));
  }
}

/** Problems: usage, when the file holds no request; `null` when there is none. */
export async function loadRequest(
  folder: string,
  requestId: string,
): Promise<Result<StartRequest | null>> {
  const path = pathOf(folder, requestId);
  try {
    const request = parseRequest(JSON.parse(await readFile(path, "utf8")));
    return request === null || request.requestId !== requestId ? notARequest(path) : ok(request);
  } catch (error) {
    if (error instanceof SyntaxError) return notARequest(path);
    if (isErrnoError(error) && error.code === "ENOENT") return ok(null);
    return fail(fileProblem(`Cannot read the request "${path}"`, error));
  }
}

/** Ids sort by time. */
async function removeOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  for (const name of names.slice(0, -REQUESTS_MAX)) await rm(join(folder, name), { force: true });
}

function pathOf(folder: string, requestId: string): string {
  return join(folder, `${requestId}.json`);
}

function notARequest(path: string): Result<never> {
  return fail({
    code: "usage",
    detail: `Cannot repeat the request "${path}": the file must hold what stickfarm wrote`,
  });
}

function parseRequest(value: unknown): StartRequest | null {
  const requestId = readField(value, "requestId");
  const mediaName = readField(value, "mediaName");
  const revision = readField(value, "revision");
  const planDigest = readField(value, "planDigest");
  const targets = readField(value, "targets");
  if (typeof requestId !== "string" || typeof mediaName !== "string") return null;
  if (typeof planDigest !== "string" || typeof revision !== "number") return null;
  if (!Array.isArray(targets)) return null;
  const parsed = targets.map(parseTarget).filter((target) => target !== null);
  const policy = parsePolicy(readField(value, "policy"));
  const eraseSerials = parseSerials(readField(value, "eraseSerials"));
  if (parsed.length !== targets.length || policy === null || eraseSerials === null) return null;
  return { requestId, mediaName, revision, planDigest, targets: parsed, policy, eraseSerials };
}

/** Requests of an earlier version have none. */
function parsePolicy(value: unknown): AskedPolicy | null {
  return askedPolicyFromWire(value === undefined ? undefined : WireAsked.fromJSON(value));
}

/** Nor have they these. */
function parseSerials(value: unknown): readonly string[] | null {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return null;
  const serials: readonly unknown[] = value;
  const texts = serials.filter((serial) => typeof serial === "string");
  return texts.length === serials.length ? texts : null;
}

function parseTarget(value: unknown): Target | null {
  const agent = readField(value, "agent");
  const bay = readField(value, "bay");
  return typeof agent === "string" && typeof bay === "string" ? { agent, bay } : null;
}

function readField(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
