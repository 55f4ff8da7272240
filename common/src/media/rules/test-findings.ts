import { checkDefinition } from "../check-definition.ts";
import { type Finding, renderPath } from "../finding.ts";

/** For tests: 22 November 2026. */
export const NOW_MS = Date.UTC(2026, 10, 22);

/** A definition about which nothing is found, with other parts of its spec. */
export function bootableMedia(spec: Readonly<Record<string, unknown>> = {}): object {
  return {
    apiVersion: "stickfarm/v1",
    kind: "BootableMedia",
    metadata: { name: "hq" },
    spec: {
      bootImage: { name: "winpe" },
      security: { password: { secret: "media/hq" } },
      ...spec,
    },
  };
}

/** What is found about it, as "error spec.x: is ..., must be ...". */
export function foundIn(spec: Readonly<Record<string, unknown>>): readonly string[] {
  const { findings } = checkDefinition(bootableMedia(spec), { nowMs: NOW_MS, library: null });
  return findings.map(renderFinding);
}

export function renderFinding({ severity, at, rule }: Finding): string {
  return `${severity} ${renderPath(at)}: ${rule}`;
}
