import { type DriveContents, UNSEEN } from "@stickfarm/common/drive/contents";
import type { DriveGeometry } from "@stickfarm/common/layout/extent";
import { sanitizeText } from "@stickfarm/common/sanitize-text";
import { parseContents } from "@stickfarm/common/wire/contents";
import { runDriveChild } from "./run-drive-child.ts";

/** What the child is told. */
export type GlanceOrder = { readonly path: string; readonly geometry: DriveGeometry };

/** Slow sticks read 100 KiB in less; one that takes longer hangs. */
const LIMIT_MS = 15_000;
const WHY_MAX = 200;

/** What is at a path, looked at by a process of its own that only reads; unseen when it was stopped. */
export async function lookOnce(
  order: GlanceOrder,
  signal: AbortSignal,
  limitMs = LIMIT_MS,
): Promise<DriveContents> {
  const end = await runDriveChild({ program: "glance-main", order, limitMs, signal });
  switch (end.kind) {
    case "said":
      return parseContents(end.text) ?? unreadable("its glance said nothing that is understood");
    case "late":
      return unreadable(`it did not answer within ${limitMs / 1000} s`);
    case "stopped":
      return UNSEEN;
    case "died":
      return unreadable(end.words);
  }
}

function unreadable(why: string): DriveContents {
  return { kind: "unreadable", why: sanitizeText(why).slice(0, WHY_MAX) };
}
