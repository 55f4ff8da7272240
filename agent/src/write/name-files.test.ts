import { PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import { stickIdentity } from "@stickfarm/common/layout/stick-identity";
import { expect, test } from "vitest";
import { nameFiles } from "./name-files.ts";
import { MIB } from "./write-fixture.ts";
import type { WriterOrder } from "./writer-protocol.ts";

const order: WriterOrder = {
  body: {
    kind: "tree",
    partitionTable: "mbr",
    fileSystem: "fat32",
    partitionBytes: "fill",
    volumeLabel: "TOOLS",
    files: [{ path: "a.bin", blob: { sha256: "a", sizeBytes: 5 * MIB }, modifiedAtMs: 0 }],
    emptyDirectories: [],
    biosBoot: { kind: "none" },
  },
  geometry: { sizeBytes: 64 * MIB, logicalBlockBytes: 512 },
  consent: { bay: "1", serial: "A1", overrides: ["drive_foreign_content"] },
  lookMs: 60_000,
  identity: stickIdentity("0123456789abcdef0123456789abcdef"),
  stamps: [],
  policy: PLAIN_POLICY,
  cacheDirectory: "/nowhere",
  progressMs: 0,
};
const problem = { code: "verify_mismatch", detail: "Cannot verify the drive" } as const;

test("nameFiles() adds whose bytes failed", () => {
  const range = { offsetBytes: 4 * MIB, lengthBytes: 512 };
  expect(nameFiles({ ...problem, range }, order).detail).toBe(
    'Cannot verify the drive; these bytes belong to "a.bin"',
  );
});

test("nameFiles() leaves a problem alone that is about no bytes, or about nobody's", () => {
  expect(nameFiles(problem, order)).toBe(problem);
  const free = { ...problem, range: { offsetBytes: 60 * MIB, lengthBytes: 512 } };
  expect(nameFiles(free, order)).toBe(free);
});
