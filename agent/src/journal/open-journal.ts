import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { compactRecords, EMPTY_JOURNAL, foldRecord, type JournalState } from "./fold-journal.ts";
import { CHAIN_START, parseJournal, renderLine } from "./journal-line.ts";
import type { JournalRecord } from "./journal-record.ts";

const FILE_NAME = "journal";

/** The truth about what was done to sticks. Records are on the disk when `append` has returned. */
export type Journal = {
  readonly state: () => JournalState;
  /** Problems: disk_full, journal_damaged (the disk refused the write). After one the journal takes no more. */
  readonly append: (record: JournalRecord) => Promise<Result<void>>;
  readonly close: () => Promise<void>;
};

/**
 * Read the journal, cut a torn tail, write the shortest one that says the same, and keep it open for appending.
 *
 * Problems: journal_damaged.
 */
export async function openJournal(directory: string): Promise<Result<Journal>> {
  const path = join(directory, FILE_NAME);
  const parsed = parseJournal(await readOrEmpty(path));
  if (!parsed.ok) {
    const { code, detail } = parsed.problem;
    return fail({ code, detail: `${detail} (file "${path}")` });
  }
  const state = parsed.value.records.reduce(foldRecord, EMPTY_JOURNAL);
  const chain = await rewrite(path, compactRecords(state));
  return ok(journalOn(await open(path, "a"), path, state, chain));
}

function journalOn(handle: FileHandle, path: string, opened: JournalState, start: string): Journal {
  let state = opened;
  let chain = start;
  let tail: Promise<Result<void>> = Promise.resolve(ok(undefined));
  const write = async (record: JournalRecord): Promise<Result<void>> => {
    const rendered = renderLine(record, chain);
    try {
      await handle.appendFile(rendered.line);
      await handle.datasync();
    } catch (error) {
      return fail(appendProblem(error, path));
    }
    chain = rendered.chain;
    state = foldRecord(state, record);
    return ok(undefined);
  };
  return {
    state: () => state,
    append: (record) => {
      // After a failed append the file may end in half a line: nothing may follow it.
      tail = tail.then((before) => (before.ok ? write(record) : before));
      return tail;
    },
    close: async () => {
      await tail;
      await handle.close();
    },
  };
}

async function rewrite(path: string, records: readonly JournalRecord[]): Promise<string> {
  let chain = CHAIN_START;
  let text = "";
  for (const record of records) {
    const rendered = renderLine(record, chain);
    text += rendered.line;
    chain = rendered.chain;
  }
  const next = await open(`${path}.next`, "w", 0o600);
  try {
    await next.writeFile(text);
    await next.sync();
  } finally {
    await next.close();
  }
  await rename(`${path}.next`, path);
  const directory = await open(dirname(path), "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
  return chain;
}

async function readOrEmpty(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      return Buffer.alloc(0);
    throw error;
  }
}

function appendProblem(error: unknown, path: string) {
  const text = error instanceof Error ? error.message : String(error);
  const full = error instanceof Error && "code" in error && error.code === "ENOSPC";
  return {
    code: full ? "disk_full" : "journal_damaged",
    detail: `Cannot write the journal "${path}": ${text}`,
    cause: error,
  } as const;
}
