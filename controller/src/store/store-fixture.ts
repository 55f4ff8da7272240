/** For tests of the store: a database of its own, and what is put into it. */
import { join } from "node:path";
import { NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import type { LoggedOrder } from "@stickfarm/common/build/logged-order";
import { OPEN_POLICY, PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import type { AttemptResult, BuildEntry } from "./build-entries.ts";
import type { Db } from "./db.ts";
import { openStore } from "./open-store.ts";
import { storeOn } from "./store.ts";

type OnTestFinished = (close: () => Promise<void>) => void;

export const DIGEST = "a".repeat(64);
export const ORDER: LoggedOrder = {
  media: { name: "media", revision: 1, digest: DIGEST },
  manifestSha256: DIGEST,
  label: null,
  bootImage: null,
  taskSequence: null,
  prestart: null,
  variables: [{ kind: "secret", name: "JoinPassword" }],
  certificate: null,
  contents: [],
  distributionPoints: ["local"],
  policy: OPEN_POLICY,
};
export const RUN_1 = { agent: "ws-1", incarnation: "run-1" };

/** A database of its own, with one agent and one definition. */
export async function openFarm(onTestFinished: OnTestFinished) {
  const path = join(await makeTemporaryFolder(onTestFinished), "controller.sqlite");
  let db = await open(path);
  let store = storeOn(db);
  onTestFinished(() => db.close());
  await store.agents.addToken("hash", "ws-1", 1000);
  await store.agents.consumeToken("hash", 0);
  await store.definitions.add({
    name: "media",
    digest: DIGEST,
    kind: "DiskImage",
    description: "",
    yaml: "kind: DiskImage",
    createdAtMs: 0,
  });
  return {
    path,
    get store() {
      return store;
    },
    reopen: async () => {
      await db.close();
      db = await open(path);
      store = storeOn(db);
    },
    exec: (sql: string) => db.exec(sql),
    assign: (jobId: string, attempt: number) =>
      store.builds.assign(
        {
          jobId,
          attempt,
          policy: PLAIN_POLICY,
          stamp: (fence) => ({
            stickId: String(fence).padStart(32, "0"),
            passport: Buffer.from("{}"),
            passportSignature: Buffer.alloc(64),
          }),
        },
        1,
      ),
  };
}

async function open(path: string): Promise<Db> {
  const opened = await openStore(path);
  if (!opened.ok) throw new Error(opened.problem.detail);
  return opened.value;
}

export function build(buildId: string): BuildEntry {
  return {
    buildId,
    requestId: `request-${buildId}`,
    requestHash: `hash-${buildId}`,
    mediaName: "media",
    mediaRevision: 1,
    manifestSha256: DIGEST,
    manifestBytes: 1,
    manifestSignature: Buffer.alloc(64),
    imageSha256: "",
    sources: { points: ["local"], made: [] },
    policy: OPEN_POLICY,
    createdAtMs: 1,
    endedAtMs: null,
    cancelRequested: false,
  };
}

export function job(jobId: string, serial: string) {
  const driveId = `virtual-file:${serial}`;
  return {
    jobId,
    agent: "ws-1",
    consent: { driveId, bay: "1", serial, sizeBytes: 1, insertion: "1", overrides: [] },
    typed: null,
  };
}

export function result(fence: number, bodyHash: string): AttemptResult {
  return {
    jobId: "j1",
    attempt: 1,
    fence,
    outcome: { kind: "succeeded", proof: "read-back" },
    evidence: { manifestSha256: DIGEST, ...NO_EVIDENCE },
    bodyHash,
  };
}
