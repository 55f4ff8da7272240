import { type Finding, findingAt } from "../finding.ts";
import { checkName } from "./check-metadata.ts";

const AT = ["spec", "distributionPoints"];

/** Where agents may fetch the content from, the first that has it. */
export function checkDistribution(
  points: readonly (string | undefined)[] | undefined,
): readonly Finding[] {
  if (points === undefined) return [];
  if (points.length === 0) {
    return [
      findingAt(
        "distribution-points-empty",
        AT,
        "is an empty list, must name a distribution point",
        "Write [local], or leave it out",
      ),
    ];
  }
  return points.flatMap((point, index) => {
    if (point === undefined) return [];
    if (points.indexOf(point) < index) {
      return [
        findingAt(
          "distribution-point-repeated",
          [...AT, index],
          `is the same as distributionPoints[${points.indexOf(point)}]`,
          "Remove one of them",
        ),
      ];
    }
    return checkName([...AT, index], point);
  });
}
