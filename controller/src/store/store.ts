import { type AgentsStore, agentsStore } from "./agents-store.ts";
import { type BootsStore, bootsStore } from "./boots-store.ts";
import { BuildsStore } from "./builds-store.ts";
import { type CertificatesStore, certificatesStore } from "./certificates-store.ts";
import { type ContentsStore, contentsStore } from "./contents-store.ts";
import type { Db } from "./db.ts";
import { type DefinitionsStore, definitionsStore } from "./definitions-store.ts";
import { type LabelsStore, labelsStore } from "./labels-store.ts";
import { type PointsStore, pointsStore } from "./points-store.ts";
import { type SecretsStore, secretsStore } from "./secrets-store.ts";
import { type SticksStore, sticksStore } from "./sticks-store.ts";
import { type WimSplitsStore, wimSplitsStore } from "./wim-splits-store.ts";

/** The controller's truth, one part a subject, all on the one writing connection. */
export type Store = {
  readonly agents: AgentsStore;
  readonly boots: BootsStore;
  readonly builds: BuildsStore;
  readonly certificates: CertificatesStore;
  readonly contents: ContentsStore;
  readonly definitions: DefinitionsStore;
  readonly labels: LabelsStore;
  readonly points: PointsStore;
  readonly secrets: SecretsStore;
  readonly sticks: SticksStore;
  readonly taskSequences: DefinitionsStore;
  readonly wimSplits: WimSplitsStore;
};

export function storeOn(db: Db): Store {
  return {
    agents: agentsStore(db),
    boots: bootsStore(db),
    builds: new BuildsStore(db),
    certificates: certificatesStore(db),
    contents: contentsStore(db),
    definitions: definitionsStore(db, "definitions"),
    labels: labelsStore(db),
    points: pointsStore(db),
    secrets: secretsStore(db),
    sticks: sticksStore(db),
    taskSequences: definitionsStore(db, "task_sequences"),
    wimSplits: wimSplitsStore(db),
  };
}
