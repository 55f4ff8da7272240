import { renderBytes, renderRate } from "@stickfarm/common/bytes";
import { createLogUpdate } from "log-update";
import { renderBar } from "../view/render-bar.ts";
import type { Session } from "./session.ts";
import { canDraw, readLook } from "./terminal.ts";

/** One line on stderr that says how far a long step is, and is gone afterwards. Nothing where nobody looks. */
export type ProgressLine = {
  readonly show: (step: Step) => void;
  readonly clear: () => void;
};

export type Step = {
  /** What is done now: "hashing". */
  readonly doing: string;
  readonly doneBytes: number;
  /** `null` = unknown. */
  readonly totalBytes: number | null;
};

const SHOW_EVERY_MS = 100;

export function startProgressLine({ io }: Session): ProgressLine {
  if (!canDraw(io.stderr, io.env)) return { show: () => undefined, clear: () => undefined };
  const update = createLogUpdate(io.stderr, { showCursor: true });
  let shown = { doing: "", sinceMs: 0, atMs: 0 };
  return {
    show: (step) => {
      const nowMs = io.nowMs();
      const isNew = step.doing !== shown.doing;
      if (!isNew && nowMs - shown.atMs < SHOW_EVERY_MS) return;
      shown = { doing: step.doing, sinceMs: isNew ? nowMs : shown.sinceMs, atMs: nowMs };
      const { columns, utf8 } = readLook(io.stderr, io.env);
      update(renderStep(step, { columns, utf8, tookMs: nowMs - shown.sinceMs }));
    },
    clear: () => update.clear(),
  };
}

type StepLook = { readonly columns: number; readonly utf8: boolean; readonly tookMs: number };

const BAR_MAX = 30;

/** "hashing  ██████····  45.0%  540 MiB of 1.17 GiB  210 MB/s". */
export function renderStep(
  { doing, doneBytes, totalBytes }: Step,
  { columns, utf8, tookMs }: StepLook,
): string {
  const rate = tookMs === 0 ? "" : `  ${renderRate((doneBytes * 1000) / tookMs)}`;
  if (totalBytes === null || totalBytes === 0) return `${doing}  ${renderBytes(doneBytes)}${rate}`;
  const ratio = Math.min(1, doneBytes / totalBytes);
  const percent = `${(Math.floor(ratio * 1000) / 10).toFixed(1)}%`.padStart(6);
  const text = `${percent}  ${renderBytes(doneBytes)} of ${renderBytes(totalBytes)}${rate}`;
  const room = columns - doing.length - text.length - 4;
  if (room < BAR_MAX / 3) return `${doing}  ${text}`.slice(0, columns);
  const { filled, empty } = renderBar(ratio, { columns: Math.min(BAR_MAX, room), utf8 });
  return `${doing}  ${filled}${empty}  ${text}`;
}
