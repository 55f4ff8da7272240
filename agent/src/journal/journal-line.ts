import { crc32 } from "node:zlib";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { JournalRecord } from "./journal-record.ts";

/**
 * A line is "<8 hex digits> <JSON>\n". The digits are the CRC-32 of the line before's digits and this JSON, so that a line
 * that was lost, doubled or moved breaks the chain as surely as one that was changed.
 */
export const CHAIN_START = "00000000";

export type ParsedJournal = {
  readonly records: readonly JournalRecord[];
  /** Digits of the last good line. */
  readonly chain: string;
  /** Length of the good part; what lies behind it is a torn tail. */
  readonly goodBytes: number;
};

export function renderLine(record: JournalRecord, chain: string): { line: string; chain: string } {
  const json = JSON.stringify(record);
  const next = digits(chain, json);
  return { line: `${next} ${json}\n`, chain: next };
}

/**
 * Read a whole journal. Half a line at its end is the trace of a crash in mid-append and is cut off: what it announced was
 * not done. Any other bad line is damage.
 *
 * Problems: journal_damaged, naming the line.
 */
export function parseJournal(bytes: Buffer): Result<ParsedJournal> {
  const records: JournalRecord[] = [];
  let chain = CHAIN_START;
  let goodBytes = 0;
  while (goodBytes < bytes.length) {
    const end = bytes.indexOf(0x0a, goodBytes);
    const record = end < 0 ? null : parseLine(bytes.toString("utf8", goodBytes, end), chain);
    if (record === null) {
      return isTorn(bytes, goodBytes)
        ? ok({ records, chain, goodBytes })
        : damaged(records.length + 1);
    }
    records.push(record);
    chain = bytes.toString("latin1", goodBytes, goodBytes + CHAIN_START.length);
    goodBytes = end + 1;
  }
  return ok({ records, chain, goodBytes });
}

/** A cut append ends without a newline, or in the zeros of blocks that were allocated and not yet written. */
function isTorn(bytes: Buffer, from: number): boolean {
  const tail = bytes.subarray(from);
  return tail.indexOf(0x0a) < 0 || tail.indexOf(0) >= 0;
}

function parseLine(line: string, chain: string): JournalRecord | null {
  const json = line.slice(CHAIN_START.length + 1);
  if (line !== `${digits(chain, json)} ${json}`) return null;
  // Lines with a right chain were written by `renderLine`: the type is the one that it took.
  return JSON.parse(json) as JournalRecord;
}

function damaged(line: number): Result<never> {
  return fail({
    code: "journal_damaged",
    detail: `Cannot read the journal: line ${line} is damaged`,
  });
}

function digits(chain: string, json: string): string {
  return crc32(chain + json)
    .toString(16)
    .padStart(CHAIN_START.length, "0");
}
