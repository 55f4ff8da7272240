import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { isErrnoError } from "@stickfarm/common/rim/file-problem";
import { runTool } from "@stickfarm/common/rim/run-tool";
import { type FindTool, findTool, toolMissing } from "@stickfarm/common/rim/tools";

export type WantedFile = { readonly path: string; readonly bytesMax: number };

/**
 * A few small files of an ISO image or a disc, by path; those that it does not have are left out. Nothing is mounted.
 *
 * Problems: tool_missing, tool_failed, stick_damaged for a file that is larger than it may be.
 */
export async function readIsoFiles(
  isoPath: string,
  wanted: readonly WantedFile[],
  find: FindTool = findTool,
): Promise<Result<ReadonlyMap<string, Uint8Array>>> {
  const doing = `Cannot read the ISO image "${isoPath}"`;
  const xorriso = await find("xorriso");
  if (xorriso === null) return fail(toolMissing(doing, ["xorriso"]));
  const folder = await mkdtemp(join(tmpdir(), "stickfarm-open-"));
  try {
    const args = argumentsOf(resolve(isoPath), folder, wanted);
    const ran = await runTool({ doing, path: xorriso, args, inputPath: null, signal: undefined });
    // It says so by its exit status as well when one of the files is not there.
    if (!ran.ok && ran.problem.code !== "archive_unreadable") return ran;
    return await collect(folder, wanted);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Source: xorriso(1), -osirrox, -extract; -no_rc must come first. */
function argumentsOf(
  isoPath: string,
  folder: string,
  wanted: readonly WantedFile[],
): readonly string[] {
  const quiet = ["-no_rc", "-report_about", "SORRY", "-osirrox", "on:auto_chmod_on"];
  const extracts = wanted.flatMap(({ path }, index) => [
    "-extract",
    `/${path}`,
    join(folder, String(index)),
  ]);
  return [...quiet, "-indev", `stdio:${isoPath}`, ...extracts];
}

async function collect(
  folder: string,
  wanted: readonly WantedFile[],
): Promise<Result<ReadonlyMap<string, Uint8Array>>> {
  const found = new Map<string, Uint8Array>();
  for (const [index, { path, bytesMax }] of wanted.entries()) {
    const sizeBytes = await sizeOf(join(folder, String(index)));
    if (sizeBytes === null) continue;
    if (sizeBytes > bytesMax) {
      const detail = `Cannot read "${path}": it has ${sizeBytes} bytes, at most ${bytesMax} are possible`;
      return fail({ code: "stick_damaged", detail });
    }
    found.set(path, await readFile(join(folder, String(index))));
  }
  return ok(found);
}

/** `null` when it is no file. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const status = await stat(path);
    return status.isFile() ? status.size : null;
  } catch (error) {
    if (isErrnoError(error) && error.code === "ENOENT") return null;
    throw error;
  }
}
