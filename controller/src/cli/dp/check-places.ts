import { ok, type Result } from "@stickfarm/common/result";
import {
  type CheckContentsRequest,
  type CheckedPoint,
  type ContentFault,
  OperatorServiceService,
} from "@stickfarm/proto/stickfarm/v1/operator";
import type { Controller } from "../connect/controller.ts";
import { followWork, noAnswer } from "../connect/follow-work.ts";
import { type Column, renderTable } from "../output/render-table.ts";
import { writeAnswer } from "../output/write-answer.ts";
import type { Session } from "../shell/session.ts";
import { EXIT_INTERRUPTED } from "../shell/shell.ts";

/** Something is not as it must be. */
const EXIT_FOUND = 1;

/**
 * Look at what lies at distribution points, and print what is wrong with it.
 *
 * Shape:    exit status 0 when all is whole, 1 when something is not or a point gives no answer, 130 when interrupted.
 * Problems: content_unknown, point_unknown.
 */
export async function checkPlaces(
  session: Session,
  controller: Controller,
  request: CheckContentsRequest,
): Promise<Result<number>> {
  const last = await followWork(session, controller, {
    method: OperatorServiceService.checkContents,
    request,
    doing: "checking",
    stopped: "Stopped, nothing was changed",
  });
  if (!last.ok) return last;
  if (last.value === null) return ok(EXIT_INTERRUPTED);
  const { checked } = last.value;
  if (checked === undefined) return noAnswer("Cannot check");
  const points = checked.points.map(({ problem, ...point }) => ({
    ...point,
    problem: problem ?? null,
  }));
  writeAnswer(session, points, () => renderChecked(points, session));
  const isSound = points.every(({ faults, problem }) => faults.length === 0 && problem === null);
  return ok(isSound ? 0 : EXIT_FOUND);
}

type Checked = Omit<CheckedPoint, "problem"> & {
  readonly problem: { readonly detail: string } | null;
};
type Row = ContentFault & { readonly point: string };

const COLUMNS: readonly Column<Row>[] = [
  { head: "POINT", cell: ({ point }) => point },
  { head: "CONTENT", cell: ({ content }) => content },
  { head: "STATE", cell: ({ kind }) => kind },
  { head: "PATH", cell: ({ path }) => path },
  { head: "IS", cell: ({ is }) => is },
];

function renderChecked(points: readonly Checked[], look: { readonly color: boolean }): string {
  const rows = points.flatMap(({ name, faults }) =>
    faults.map((fault) => ({ ...fault, point: name })),
  );
  const table = rows.length === 0 ? "" : `${renderTable(rows, COLUMNS, look)}\n`;
  return `${table}${points.map(renderPoint).join("")}`;
}

function renderPoint({ name, contentCount, fileCount, faults, problem }: Checked): string {
  const seen = `${count(fileCount, "file")} of ${count(contentCount, "content")}`;
  const found = faults.length === 0 ? [] : [`${faults.length} not whole`];
  if (problem !== null)
    return `${name}: ${[seen, ...found, "not all looked at"].join(", ")}: ${problem.detail}\n`;
  return `${name}: ${[seen, ...(found.length === 0 ? ["whole"] : found)].join(", ")}\n`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
