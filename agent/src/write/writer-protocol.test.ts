import { PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import { expect, test } from "vitest";
import {
  parseCommand,
  parseEvent,
  renderCommand,
  renderEvent,
  type WriterOrder,
} from "./writer-protocol.ts";

const order: WriterOrder = {
  body: {
    kind: "image",
    stored: { sha256: "ab", sizeBytes: 5 },
    compression: "none",
    expanded: { sha256: "ab", sizeBytes: 5 },
    mapped: null,
  },
  geometry: { sizeBytes: 4096, logicalBlockBytes: 512 },
  consent: { bay: "1", serial: "A1", overrides: ["drive_foreign_content"] },
  lookMs: 60_000,
  identity: {
    diskSignature: 1,
    volumeId: 2,
    diskGuid: "A",
    partitionGuid: "B",
    biosPartitionGuid: "C",
  },
  stamps: [{ path: "stickfarm/manifest.json", bytes: Buffer.from([0, 255, 10]), modifiedAtMs: 7 }],
  policy: PLAIN_POLICY,
  cacheDirectory: "/cache",
  progressMs: 250,
};

test("parseCommand() gives what renderCommand() was given, on one line", () => {
  const line = renderCommand({ kind: "order", order });
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(parseCommand(line)).toEqual({ kind: "order", order });
  for (const kind of ["begin", "seal", "stop"] as const) {
    expect(parseCommand(renderCommand({ kind }))).toEqual({ kind });
  }
});

test("parseCommand() takes nothing that is no command", () => {
  for (const line of ["", "{", "null", "1", '{"kind":"erase"}', "[]"]) {
    expect(() => parseCommand(line)).toThrow();
  }
});

test("parseEvent() gives what renderEvent() was given, of a problem its code and detail", () => {
  const problem = { code: "drive_gone", detail: "Cannot read the drive: gone" } as const;
  const failed = { kind: "failed", dirty: true } as const;
  const line = renderEvent({ ...failed, problem: { ...problem, cause: new Error("x") } });
  expect(parseEvent(line)).toEqual({ ...failed, problem });
  const progress = { kind: "progress", phase: "write", doneBytes: 1, totalBytes: 2 } as const;
  expect(parseEvent(renderEvent(progress))).toEqual(progress);
});

test("parseEvent() gives null for whatever else a process prints", () => {
  const unknown = '{"kind":"failed","problem":{"code":"no_such"}}';
  for (const line of ["", "Warning: x", "{}", "null", '{"kind":"begun"}', unknown]) {
    expect(parseEvent(line)).toBeNull();
  }
});
