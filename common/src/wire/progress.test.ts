import { expect, test } from "vitest";
import {
  type ProgressEvent,
  parseProgressEvent,
  renderProgressEvent,
  renderProgressSubject,
} from "./progress.ts";

const EVENT: ProgressEvent = {
  buildId: "01JD0000000000000000000001",
  jobId: "01JD0000000000000000000002",
  agent: "ws-1",
  attempt: 2,
  seq: 7,
  atMs: 1_760_000_000_000,
  phase: "write",
  doneBytes: 5_000_000_000,
  totalBytes: 64_000_000_000,
  ratePerSecondBytes: 21_400_000.5,
  silentMs: 0,
};
const SUBJECT = "stickfarm.v1.progress.ws-1.01JD0000000000000000000002";

test("renderProgressEvent() and parseProgressEvent() are each other's inverse", () => {
  expect(renderProgressSubject(EVENT)).toBe(SUBJECT);
  expect(parseProgressEvent(SUBJECT, renderProgressEvent(EVENT))).toEqual(EVENT);
});

test("parseProgressEvent() leaves out what a newer agent adds", () => {
  expect(parseProgressEvent(SUBJECT, encode({ ...EVENT, temperature: 41 }))).toEqual(EVENT);
});

test("parseProgressEvent() takes an event of an older agent, which knows nothing of silence", () => {
  const { silentMs: _, ...older } = EVENT;
  expect(parseProgressEvent(SUBJECT, encode(older))).toEqual({ ...EVENT, silentMs: 0 });
});

test("parseProgressEvent() takes an unknown total", () => {
  const event = { ...EVENT, totalBytes: 0 };
  expect(parseProgressEvent(SUBJECT, renderProgressEvent(event))).toEqual(event);
});

test("parseProgressEvent() drops what the publisher had no right to say", () => {
  const foreign = { ...EVENT, agent: "ws-2" };
  expect(parseProgressEvent(SUBJECT, renderProgressEvent(foreign))).toBeNull();
  expect(parseProgressEvent(`${SUBJECT}.more`, renderProgressEvent(EVENT))).toBeNull();
});

test("parseProgressEvent() drops what is not an event", () => {
  const { seq: _, ...withoutSeq } = EVENT;
  const refused: readonly (readonly [string, Uint8Array])[] = [
    ["empty", new Uint8Array()],
    ["not JSON", new TextEncoder().encode("{")],
    ["not UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["null", encode(null)],
    ["missing field", encode(withoutSeq)],
    ["unknown phase", encode({ ...EVENT, phase: "format" })],
    ["attempt 0", encode({ ...EVENT, attempt: 0 })],
    ["fraction", encode({ ...EVENT, seq: 1.5 })],
    ["beyond safe integers", encode({ ...EVENT, doneBytes: 2 ** 60, totalBytes: 0 })],
    ["negative", encode({ ...EVENT, doneBytes: -1 })],
    ["more done than there is", encode({ ...EVENT, doneBytes: EVENT.totalBytes + 1 })],
    ["a subject in a name", encode({ ...EVENT, jobId: "a.b" })],
    ["oversized", encode({ ...EVENT, buildId: "a".repeat(5000) })],
    ["oversized by padding", new TextEncoder().encode(JSON.stringify(EVENT) + " ".repeat(5000))],
  ];
  const taken = refused.filter(([, body]) => parseProgressEvent(SUBJECT, body) !== null);
  expect(taken.map(([name]) => name)).toEqual([]);
});

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
