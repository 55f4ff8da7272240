import {
  ReportResultRequest,
  Drive as WireDrive,
  AttemptOrder as WireOrder,
} from "@stickfarm/proto/stickfarm/v1/agent";
import { Content as WireContent } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, test } from "vitest";
import type { AttemptOrder } from "../build/attempt-order.ts";
import type { AttemptReport } from "../build/attempt-report.ts";
import { NO_EVIDENCE } from "../build/evidence.ts";
import { UNSEEN } from "../drive/contents.ts";
import { type Drive, UNKNOWN_FACTS } from "../drive/drive.ts";
import type { Content } from "../media/content.ts";
import type { FetchPoint } from "../media/distribution-point.ts";
import {
  orderFromWire,
  orderToWire,
  phaseFromWire,
  reportFromWire,
  reportToWire,
} from "./attempt.ts";
import { contentFromWire, contentToWire } from "./content.ts";
import { driveFromWire, driveToWire } from "./drive.ts";
import { problemFromWire } from "./problem.ts";

const SHA256 = "ab".repeat(32);

const POINTS: readonly FetchPoint[] = [
  { name: "share", place: { kind: "directory", path: "/mnt/dp" } },
  { name: "web", place: { kind: "http", url: "http://dp.example.net", caPem: null } },
  { name: "tls", place: { kind: "http", url: "https://dp.example.net", caPem: "PEM" } },
  { name: "local", place: { kind: "local" } },
];

const ORDER: AttemptOrder = {
  buildId: "b",
  jobId: "j",
  attempt: 2,
  fence: 2 ** 53 - 1,
  stickId: "0123456789abcdef0123456789abcdef",
  consent: {
    driveId: "d",
    bay: "1",
    serial: "A1",
    sizeBytes: 2 ** 41,
    insertion: "9",
    overrides: ["drive_too_large", "drive_foreign_content"],
  },
  manifest: { sha256: SHA256, sizeBytes: 77 },
  manifestSignature: Buffer.from([1, 2]),
  passport: Buffer.from("{}"),
  passportSignature: Buffer.from([3]),
  orderedAtMs: 1_790_000_000_000,
  points: POINTS,
  localSha256: [SHA256],
  policy: { rewrite: "auto", proof: "compared", capacity: "probe", acceptRepaired: true },
  cancel: false,
};

test("orderFromWire() gives back what orderToWire() sent, through the encoded bytes", () => {
  const bytes = WireOrder.encode(orderToWire(ORDER)).finish();
  expect(orderFromWire(WireOrder.decode(bytes))).toEqual({ ok: true, value: ORDER });
});

test.each([
  ["no consent", { consent: undefined }],
  ["attempt 0", { attempt: 0 }],
  ["fence 0", { fence: 0 }],
  ["a short digest", { manifestSha256: "ab" }],
  ["an odd stick id", { stickId: "xyz" }],
  [
    "a proof of a newer controller",
    { policy: { rewrite: "auto", proof: "hope", capacity: "none", acceptRepaired: false } },
  ],
])("orderFromWire() refuses an order with %s", (_, change) => {
  expect(orderFromWire({ ...orderToWire(ORDER), ...change })).toMatchObject({
    ok: false,
    problem: { code: "protocol_unsupported" },
  });
});

test("orderFromWire() fetches from the controller when its order names no points", () => {
  const { points: _, ...older } = WireOrder.toJSON(orderToWire(ORDER)) as { points: unknown };
  expect(orderFromWire(WireOrder.fromJSON(older))).toMatchObject({
    value: { points: [{ name: "local", place: { kind: "local" } }] },
  });
});

test("orderFromWire() refuses a point of a newer program", () => {
  const points = [{ name: "future", place: undefined }];
  expect(orderFromWire({ ...orderToWire(ORDER), points })).toMatchObject({
    problem: { code: "protocol_unsupported" },
  });
});

test.each<AttemptReport["outcome"]>([
  { kind: "succeeded", proof: "read-back" },
  { kind: "failed", problem: { code: "write_failed", detail: "at 5" }, dirty: true },
  { kind: "canceled", dirty: false },
])("reportFromWire() gives back what reportToWire() sent: %j", (outcome) => {
  const evidence = { manifestSha256: SHA256, ...NO_EVIDENCE, writtenBytes: 9 };
  const report: AttemptReport = { jobId: "j", attempt: 1, fence: 3, outcome, evidence };
  const bytes = ReportResultRequest.encode(reportToWire(report)).finish();
  expect(reportFromWire(ReportResultRequest.decode(bytes))).toEqual({ ok: true, value: report });
});

test("reportFromWire() refuses an outcome of a newer program", () => {
  const wire = ReportResultRequest.fromPartial({ jobId: "j", attempt: 1, fence: 3, evidence: {} });
  expect(reportFromWire(wire)).toMatchObject({ problem: { code: "protocol_unsupported" } });
});

test.each<Content["body"]>([
  {
    kind: "tree",
    files: [{ path: "a/b", blob: { sha256: SHA256, sizeBytes: 0 }, modifiedAtMs: 5 }],
    emptyDirectories: ["c"],
  },
  {
    kind: "image",
    stored: { sha256: SHA256, sizeBytes: 1 },
    expanded: { sha256: SHA256, sizeBytes: 9 },
    compression: "xz",
    mapped: [],
    blockMapSha256: null,
  },
])("contentFromWire() gives back what contentToWire() sent: %j", (body) => {
  const content: Content = {
    name: "tools",
    digest: SHA256,
    createdAtMs: 4,
    body,
    bootImage: { architectures: ["x64"], biosBoot: "grub", details: null },
  };
  const bytes = WireContent.encode(contentToWire(content)).finish();
  expect(contentFromWire(WireContent.decode(bytes))).toEqual({ ok: true, value: content });
});

test.each([
  ["no body", {}],
  [
    "a bad digest",
    { body: { $case: "tree", value: { files: [{ path: "a", blob: { sha256: "x" } }] } } },
  ],
  ["an unknown compression", { body: { $case: "image", value: { compression: "lz4" } } }],
  [
    "an unknown architecture",
    { bootImage: { architectures: ["vax"] }, body: { $case: "tree", value: {} } },
  ],
] as const)("contentFromWire() refuses content with %s", (_, partial) => {
  expect(contentFromWire(WireContent.fromPartial(partial)).ok).toBe(false);
});

const DRIVE: Drive = {
  driveId: "d",
  bay: "1",
  serial: "s",
  vendor: "",
  model: "",
  sizeBytes: 1,
  logicalBlockBytes: 512,
  insertion: "1",
  transport: "usb",
  refusals: [],
  asks: [{ code: "drive_foreign_content", detail: "Cannot erase: it holds ext4" }],
  facts: {
    identity: "strong",
    usb: {
      portPath: "2-1.3",
      lun: 1,
      vendorId: "0951",
      productId: "1666",
      megabitsPerSecond: 5000,
      interfaceClasses: ["08"],
    },
    isReadOnly: true,
    mountPoints: ["/mnt"],
    holders: ["dm-0"],
  },
  contents: { kind: "unreadable", why: "it did not answer" },
};

test("driveFromWire() gives back what driveToWire() sent, through the encoded bytes", () => {
  for (const drive of [DRIVE, { ...DRIVE, facts: UNKNOWN_FACTS }])
    expect(driveFromWire(WireDrive.decode(WireDrive.encode(driveToWire(drive)).finish()))).toEqual(
      drive,
    );
});

test("driveFromWire() refuses to write a drive of a transport that is not known", () => {
  const wire = driveToWire(DRIVE);
  expect(driveFromWire(wire).refusals).toEqual([]);
  expect(driveFromWire({ ...wire, transport: "tape" }).refusals).toHaveLength(1);
});

test("driveFromWire() and orderFromWire() leave out questions that are not known here", () => {
  const asks = [{ code: "drive_too_old", detail: "Cannot erase: it is old", remedy: "Wait" }];
  expect(driveFromWire({ ...driveToWire(DRIVE), asks }).asks).toEqual([]);
  const wire = orderToWire(ORDER);
  const consent = wire.consent && { ...wire.consent, overrides: ["drive_is_system"] };
  expect(orderFromWire({ ...wire, consent })).toMatchObject({
    value: { consent: { overrides: [] } },
  });
});

test("driveFromWire() knows nothing of what an older or a newer agent says in other words", () => {
  const { facts, ...wire } = driveToWire(DRIVE);
  const older = driveFromWire({ ...wire, facts: undefined, contents: undefined });
  expect(older).toMatchObject({ facts: UNKNOWN_FACTS, contents: UNSEEN });
  const newer = facts && { ...facts, identity: "certain" };
  expect(driveFromWire({ ...wire, facts: newer }).facts.identity).toBe("unknown");
});

test("problemFromWire() keeps the words of a problem that it does not know", () => {
  expect(problemFromWire({ code: "new_one", detail: "it broke", remedy: "mend it" })).toEqual({
    code: "internal",
    detail: "it broke (new_one: mend it)",
  });
});

test("phaseFromWire() gives null for a phase of a newer program", () => {
  expect(phaseFromWire(7)).toBe("seal");
  expect(phaseFromWire(99 as 7)).toBeNull();
});
