import { createHash } from "node:crypto";
import { definitionDigestText } from "@stickfarm/common/media/definition-digest";
import type { Result } from "@stickfarm/common/result";
import type { MediaSummary } from "@stickfarm/proto/stickfarm/v1/operator";
import type { Session } from "../shell/session.ts";
import { readDefinitionFile } from "./read-definition-file.ts";
import { describeOutcome, writeFindings } from "./write-findings.ts";

/**
 * Check a definition by every rule that needs no controller: whether what it names exists is not looked up.
 *
 * Shape:    the answer of a check by the controller, with revision 0.
 * Problems: definition_invalid, path_missing, path_unreadable, usage.
 */
export async function checkOffline(session: Session, file: string): Promise<Result<number>> {
  const yaml = await readDefinitionFile(session, file);
  if (!yaml.ok) return yaml;
  // Every other command leaves this to the controller, and starts faster without that code.
  const { readDefinition } = await import("../../compile/read-definition.ts");
  const nowMs = session.io.nowMs();
  const { findings: found, definition } = readDefinition(yaml.value, { nowMs, library: null });
  const findings = found.map(({ code: _, ...finding }) => finding);
  const media: MediaSummary | undefined =
    definition === null
      ? undefined
      : {
          name: definition.metadata.name,
          revision: 0,
          digest: createHash("sha256").update(definitionDigestText(definition)).digest("hex"),
          kind: definition.kind,
          createdAtMs: nowMs,
          description: definition.metadata.description,
        };
  const outcome =
    media === undefined
      ? null
      : `${describeOutcome(media, { dryRun: true, stored: false })} as far as can be told offline`;
  const answer = { findings, media, stored: false };
  return writeFindings(session, { file, findings, outcome, answer });
}
