import { createHash } from "node:crypto";
import { definitionDigestText } from "@stickfarm/common/media/definition-digest";
import type { TaskSequence } from "@stickfarm/common/media/task-sequence";
import { fail, ok } from "@stickfarm/common/result";
import type { TaskSequenceSummary } from "@stickfarm/proto/stickfarm/v1/operator";
import { readTaskSequence } from "../compile/read-definition.ts";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import type { Revision } from "../store/definitions-store.ts";
import type { Farm } from "./farm.ts";
import { readLibrary } from "./read-library.ts";

type Answers = Pick<OperatorAnswers, "applyTaskSequence" | "listTaskSequences" | "getTaskSequence">;

export function answerTaskSequences(farm: Farm): Answers {
  const { taskSequences } = farm.store;
  return {
    applyTaskSequence: async ({ yaml, dryRun }) => {
      const library = await readLibrary(farm, yaml);
      const { findings, definition } = readTaskSequence(yaml, { library });
      if (definition === null)
        return ok({ findings: [...findings], taskSequence: undefined, stored: false });
      const entry = newEntry(definition, yaml, farm.nowMs());
      const { revision, stored } = dryRun
        ? { revision: { ...entry, revision: 0 }, stored: false }
        : await taskSequences.add(entry);
      return ok({ findings: [...findings], taskSequence: summarise(revision), stored });
    },
    listTaskSequences: async () => {
      const revisions = await taskSequences.list();
      return ok({ taskSequences: revisions.map(summarise) });
    },
    getTaskSequence: async ({ name, revision }) => {
      const entry = await taskSequences.find(name, revision);
      if (entry !== null) return ok({ taskSequence: summarise(entry), yaml: entry.yaml });
      const which = revision === 0 ? `"${name}"` : `"${name}@${revision}"`;
      return fail({
        code: "task_sequence_unknown",
        detail: `Cannot find task sequence ${which}: none is stored under that name`,
      });
    },
  };
}

function newEntry(definition: TaskSequence, yaml: string, createdAtMs: number) {
  const { name, description } = definition.metadata;
  const digest = createHash("sha256").update(definitionDigestText(definition)).digest("hex");
  return { name, description, digest, kind: definition.kind, yaml, createdAtMs };
}

function summarise(revision: Revision): TaskSequenceSummary {
  const { name, digest, createdAtMs, description, yaml } = revision;
  const { definition } = readTaskSequence(yaml, { library: null });
  return {
    name,
    revision: revision.revision,
    digest,
    createdAtMs,
    description,
    packages: [...(definition?.spec.packages ?? [])],
    preferredDeployment: definition?.spec.preferredDeployment ?? "",
  };
}
