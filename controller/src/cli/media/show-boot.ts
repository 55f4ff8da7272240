import { writeFile } from "node:fs/promises";
import { renderElapsed } from "@stickfarm/common/durations";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { sanitizeLines, sanitizeText } from "@stickfarm/common/sanitize-text";
import { type BootView, OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { MediaRef } from "../argument/parse-media-ref.ts";
import type { Controller } from "../connect/controller.ts";
import { renderTime } from "../output/render-fields.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { type Session, say } from "../shell/session.ts";

/** One boot of a revision on a line. */
export function describeBoot(boot: BootView): string {
  const { number, firmware, verdict, pattern, elapsedMs, recordedAtMs } = boot;
  const words: Readonly<Record<string, string>> = {
    seen: `proof: boot, "${pattern}" seen after ${renderElapsed(elapsedMs)}`,
    notSeen: `failed: "${pattern}" not seen in ${renderElapsed(elapsedMs)}`,
    nothingBoots: "failed: the firmware found nothing to start",
    watched: `ran for ${renderElapsed(elapsedMs)}, nothing was looked for`,
  };
  const said = words[verdict] ?? verdict;
  return sanitizeText(`boot ${number}, ${renderTime(recordedAtMs)}, ${firmware}: ${said}`);
}

type BootRef = {
  readonly ref: MediaRef;
  readonly boot: string;
  readonly screenshot: string | undefined;
};

/**
 * Print what was on the console of a boot, and write its picture of the screen.
 *
 * Problems: usage, boot_unknown, those of writing the picture.
 */
export async function showBoot(
  session: Session,
  controller: Controller,
  { ref, boot: text, screenshot: path }: BootRef,
): Promise<Result<number>> {
  if (!/^\d{1,9}$/.test(text))
    return fail({ code: "usage", detail: `Cannot show boot "${text}": it must be a number` });
  const request = { ...ref, number: Number(text) };
  const response = await controller.call(OperatorServiceService.getBoot, request);
  if (!response.ok) return response;
  const { boot, console, screenshot } = response.value;
  if (path !== undefined) {
    const written = await writePicture(path, screenshot);
    if (!written.ok) return written;
  }
  writeAnswer(session, { ...boot, console }, () => `${sanitizeLines(console).trimEnd()}\n`);
  if (boot !== undefined && session.format === "table") say(session, describeBoot(boot));
  return ok(0);
}

async function writePicture(path: string, screenshot: Uint8Array): Promise<Result<void>> {
  if (screenshot.length === 0)
    return fail({
      code: "boot_unknown",
      detail: `Cannot write "${path}": this boot has no picture of the screen`,
    });
  try {
    await writeFile(path, screenshot);
    return ok(undefined);
  } catch (error) {
    return fail(fileProblem(`Cannot write "${path}"`, error));
  }
}
