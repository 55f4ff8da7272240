import type { Problem } from "../problem.ts";
import { nameToType } from "./ask-serial.ts";
import type { Drive } from "./drive.ts";

/** A drive of a plan, and what its serial is asked for. */
export type AskedDrive = {
  readonly agent: string;
  readonly drive: Pick<Drive, "bay" | "serial"> & {
    readonly asks: readonly Pick<Problem, "detail">[];
  };
};

/**
 * Why these drives are not erased by a yes and the serials that were typed; `null` when every question is answered, and
 * every answer belongs to a question.
 *
 * Problems: usage, for a serial that no drive is asked for; serial_shared, when one would answer for two drives;
 * drive_refused, naming every question that is open.
 */
export function whyUnanswered(
  drives: readonly AskedDrive[],
  typed: readonly string[],
): Problem | null {
  const asked = drives.filter(({ drive }) => drive.asks.length > 0);
  const stray = typed.find((name) => asked.every(({ drive }) => nameToType(drive) !== name));
  if (stray !== undefined) {
    const detail = `Cannot take "${stray}" for a typed serial: it must be that of a drive of the plan that is asked for`;
    return { code: "usage", detail };
  }
  for (const { drive } of asked) {
    const name = nameToType(drive);
    const alike = drives.filter((other) => nameToType(other.drive) === name);
    if (alike.length > 1) return shared(name, alike);
  }
  const open = asked.filter(({ drive }) => !typed.includes(nameToType(drive)));
  if (open.length === 0) return null;
  const details = open.flatMap(({ drive }) =>
    drive.asks.map(({ detail }) => `${detail}; "${nameToType(drive)}" must be typed`),
  );
  return {
    code: "drive_refused",
    detail: `Cannot erase ${open.length} of ${drives.length} drives unasked: ${details.join("; ")}`,
  };
}

function shared(name: string, alike: readonly AskedDrive[]): Problem {
  const places = alike.map(({ agent, drive }) => `"${agent}/${drive.bay}"`).join(", ");
  const detail = `Cannot tell by the serial "${name}" which drive is meant: ${places} show it, one of a plan must`;
  return { code: "serial_shared", detail };
}
