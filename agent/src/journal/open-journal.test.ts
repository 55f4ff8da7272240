import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { compactRecords, EMPTY_JOURNAL, foldRecord, type JournalState } from "./fold-journal.ts";
import { parseJournal } from "./journal-line.ts";
import type { JournalRecord } from "./journal-record.ts";
import { type Journal, openJournal } from "./open-journal.ts";

const ATTEMPT = { jobId: "j1", attempt: 1 };
const ACCEPTED: JournalRecord = {
  kind: "accepted",
  ...ATTEMPT,
  fence: 7,
  driveId: "virtual-file:A1",
  manifestSha256: "ab",
};
const RESULT: JournalRecord = {
  kind: "result",
  report: {
    ...ATTEMPT,
    fence: 7,
    outcome: { kind: "succeeded", proof: "read-back" },
    evidence: { manifestSha256: "ab", ...NO_EVIDENCE },
  },
};
const WAY: readonly JournalRecord[] = [
  ACCEPTED,
  { kind: "destroying", ...ATTEMPT },
  { kind: "sealing", ...ATTEMPT },
  RESULT,
  { kind: "acknowledged", ...ATTEMPT },
];

test("openJournal() finds after each record what was appended before it", async () => {
  const directory = await makeTemporaryFolder(onTestFinished);
  for (let count = 0; count <= WAY.length; count++) {
    await rm(join(directory, "journal"), { force: true });
    await write(directory, WAY.slice(0, count));
    const expected = WAY.slice(0, count).reduce(foldRecord, EMPTY_JOURNAL);
    expect(plain(await stateOnDisk(directory))).toEqual(plain(expected));
  }
});

test("openJournal() keeps the highest fence of a drive after its attempt was acknowledged", async () => {
  const directory = await makeTemporaryFolder(onTestFinished);
  await write(directory, WAY);
  const state = await stateOnDisk(directory);
  expect(state.held.size).toBe(0);
  expect(state.fences).toEqual({ "virtual-file:A1": 7 });
});

test("openJournal() cuts a torn tail at every length and loses nothing before it", async () => {
  const directory = await makeTemporaryFolder(onTestFinished);
  await write(directory, []);
  const empty = (await readFile(join(directory, "journal"))).length;
  await write(directory, WAY.slice(0, 2));
  const bytes = await readFile(join(directory, "journal"));
  const broken: string[] = [];
  for (let length = empty; length < bytes.length; length++) {
    await writeFile(join(directory, "journal"), bytes.subarray(0, length));
    const opened = await openJournal(directory);
    if (!opened.ok) broken.push(`${length}: ${opened.problem.detail}`);
    else await opened.value.close();
  }
  expect(broken).toEqual([]);
});

test("parseJournal() names a flipped byte anywhere as damage", async () => {
  const directory = await makeTemporaryFolder(onTestFinished);
  await write(directory, WAY);
  await write(directory, [ACCEPTED, { kind: "destroying", ...ATTEMPT }]);
  // Without its last byte, the newline, the last line counts as torn.
  const bytes = await readFile(join(directory, "journal"));
  const missed: number[] = [];
  for (let at = 0; at < bytes.length - 1; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    if (parseJournal(flipped).ok) missed.push(at);
  }
  expect(missed).toEqual([]);
});

test("openJournal() refuses a damaged journal and leaves it as it is", async () => {
  const directory = await makeTemporaryFolder(onTestFinished);
  await write(directory, WAY);
  await appendFile(join(directory, "journal"), "00000000 {}\n00000000 {}\n");
  const before = await readFile(join(directory, "journal"));
  expect(await openJournal(directory)).toMatchObject({
    ok: false,
    problem: { code: "journal_damaged" },
  });
  expect(await readFile(join(directory, "journal"))).toEqual(before);
});

test("compactRecords() folds to the state that it was made from", () => {
  for (let count = 0; count <= WAY.length; count++) {
    const state = WAY.slice(0, count).reduce(foldRecord, EMPTY_JOURNAL);
    expect(plain(compactRecords(state).reduce(foldRecord, EMPTY_JOURNAL))).toEqual(plain(state));
  }
});

async function write(directory: string, records: readonly JournalRecord[]): Promise<void> {
  const journal = await mustOpen(directory);
  for (const record of records) expect((await journal.append(record)).ok).toBe(true);
  await journal.close();
}

async function stateOnDisk(directory: string): Promise<JournalState> {
  const journal = await mustOpen(directory);
  await journal.close();
  return journal.state();
}

async function mustOpen(directory: string): Promise<Journal> {
  const opened = await openJournal(directory);
  if (!opened.ok) throw new Error(opened.problem.detail);
  return opened.value;
}

function plain(state: JournalState) {
  return { held: [...state.held], fences: state.fences };
}
