import { stat, writeFile } from "node:fs/promises";
import { type DiscImage, renderXorrisoScript } from "@stickfarm/common/iso/render-xorriso-script";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { runTool } from "@stickfarm/common/rim/run-tool";
import { type FindTool, findTool, toolMissing } from "@stickfarm/common/rim/tools";

export type MakeDiscOptions = {
  /** Written for xorriso to read. */
  readonly scriptPath: string;
  readonly findTool?: FindTool | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how large the image is, bytes. */
  readonly onProgress?: (doneBytes: number) => void;
};

/** It says nothing while it writes: this bounds the whole image. */
const WRITE_MAX_MS = 60 * 60_000;
const LOOK_EVERY_MS = 500;

/**
 * Make one disc image.
 *
 * Problems: tool_missing, tool_failed with xorriso's words, disk_full, storage_failed, canceled.
 */
export async function makeDisc(
  image: DiscImage,
  { scriptPath, signal, onProgress, ...options }: MakeDiscOptions,
): Promise<Result<void>> {
  const doing = `Cannot make the ISO image "${image.isoPath}"`;
  const path = await (options.findTool ?? findTool)("xorriso");
  if (path === null) return fail(toolMissing(doing, ["xorriso"]));
  try {
    await writeFile(scriptPath, renderXorrisoScript(image), { mode: 0o600 });
  } catch (error) {
    return fail(fileProblem(doing, error));
  }
  const looking = setInterval(() => {
    stat(image.isoPath).then(
      ({ size }) => onProgress?.(size),
      () => undefined,
    );
  }, LOOK_EVERY_MS);
  try {
    const quiet = ["-no_rc", "-report_about", "SORRY", "-abort_on", "SORRY"];
    const args = [...quiet, "-options_from_file", scriptPath];
    const command = { doing, path, args, inputPath: null, signal, silenceMaxMs: WRITE_MAX_MS };
    const made = await runTool(command);
    // The archive is ours: that it cannot be made is no fault of an archive.
    if (!made.ok && made.problem.code === "archive_unreadable")
      return fail({ ...made.problem, code: "tool_failed" });
    return made.ok ? ok(undefined) : made;
  } finally {
    clearInterval(looking);
  }
}
