import type { Problem } from "@stickfarm/common/problem";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import { runDriveChild } from "./run-drive-child.ts";

/** What the child is told. */
export type BlinkOrder = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly durationMs: number;
};

/** A read that began at the end may take this long. */
const GRACE_MS = 5000;

/**
 * Make a drive's light blink; resolves when it does no more, at the latest a little after its time, with what kept it from
 * blinking.
 *
 * Problems: read_failed.
 */
export async function blinkDrive(order: BlinkOrder, signal: AbortSignal): Promise<Problem | null> {
  const limitMs = order.durationMs + GRACE_MS;
  const end = await runDriveChild({ program: "locate-main", order, limitMs, signal });
  if (end.kind === "said" || end.kind === "stopped") return null;
  const why = end.kind === "late" ? "it does not answer" : sanitizeText(end.words);
  return { code: "read_failed", detail: `Cannot read the drive "${order.path}": ${why}` };
}
