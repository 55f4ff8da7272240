import { createHash } from "node:crypto";
import { definitionDigestText } from "@stickfarm/common/media/definition-digest";
import { fail, ok } from "@stickfarm/common/result";
import { readDefinition } from "../compile/read-definition.ts";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import { viewBoot } from "./answer-boots.ts";
import { compileRevision } from "./compile-revision.ts";
import type { Farm } from "./farm.ts";
import { mediaUnknown } from "./plan-media.ts";
import { readLibrary } from "./read-library.ts";
import { storeManifest } from "./store-manifest.ts";
import { summariseRevision } from "./view-build.ts";

type Answers = Pick<OperatorAnswers, "applyMedia" | "listMedia" | "getMedia" | "compileMedia">;

export function answerMedia(farm: Farm): Answers {
  return {
    applyMedia: async ({ yaml, dryRun }) => {
      const circumstances = { nowMs: farm.nowMs(), library: await readLibrary(farm, yaml) };
      const { findings, definition } = readDefinition(yaml, circumstances);
      if (definition === null)
        return ok({ findings: [...findings], media: undefined, stored: false });
      const { name, description } = definition.metadata;
      const revision = {
        name,
        description,
        digest: createHash("sha256").update(definitionDigestText(definition)).digest("hex"),
        kind: definition.kind,
        yaml,
        createdAtMs: farm.nowMs(),
      };
      const { revision: entry, stored } = dryRun
        ? { revision: { ...revision, revision: 0 }, stored: false }
        : await farm.store.definitions.add(revision);
      return ok({ findings: [...findings], media: summariseRevision(entry), stored });
    },
    listMedia: async ({ historyOf }) => {
      const { definitions } = farm.store;
      const revisions =
        historyOf === "" ? await definitions.list() : await definitions.history(historyOf);
      if (historyOf !== "" && revisions.length === 0) return fail(mediaUnknown(historyOf, 0));
      return ok({ media: revisions.map(summariseRevision) });
    },
    getMedia: async ({ name, revision }) => {
      const entry = await farm.store.definitions.find(name, revision);
      if (entry === null) return fail(mediaUnknown(name, revision));
      const boots = await farm.store.boots.list(entry);
      return ok({
        media: summariseRevision(entry),
        yaml: entry.yaml,
        boots: boots.map(viewBoot),
      });
    },
    compileMedia: async ({ name, revision, disc }) => {
      const entry = await farm.store.definitions.find(name, revision);
      if (entry === null) return fail(mediaUnknown(name, revision));
      const compiled = await compileRevision(farm, entry, disc ? "disc" : "stick");
      if (!compiled.ok) return compiled;
      const stored = await storeManifest(farm, compiled.value);
      if (!stored.ok) return stored;
      return ok({
        media: summariseRevision(entry),
        manifest: Buffer.from(compiled.value.manifestBytes),
        manifestSignature: Buffer.from(stored.value.manifestSignature),
        warnings: [...compiled.value.warnings],
      });
    },
  };
}
