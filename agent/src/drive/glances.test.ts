import { type DriveContents, UNSEEN } from "@stickfarm/common/drive/contents";
import { type Drive, UNKNOWN_FACTS } from "@stickfarm/common/drive/drive";
import { expect, test } from "vitest";
import { openGlances } from "./glances.ts";

const BLANK: DriveContents = {
  kind: "seen",
  table: "none",
  volumes: [{ partition: 0, sizeBytes: 1, kind: "blank", label: "" }],
  passport: null,
};

function drive(driveId: string, insertion = "1"): Drive {
  return {
    driveId,
    bay: driveId,
    serial: driveId,
    vendor: "",
    model: "",
    sizeBytes: 1,
    logicalBlockBytes: 512,
    insertion,
    transport: "usb",
    refusals: [],
    asks: [],
    facts: UNKNOWN_FACTS,
    contents: UNSEEN,
  };
}

/** Glances that end when the test says so. */
function slowGlances() {
  const looks: { id: string; signal: AbortSignal; end: (contents: DriveContents) => void }[] = [];
  const glances = openGlances(
    ({ driveId, insertion }, signal) =>
      new Promise((end) => looks.push({ id: `${driveId}/${insertion}`, signal, end })),
  );
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const contentsOf = (...drives: readonly Drive[]) =>
    glances.addTo(drives).map(({ contents }) => contents.kind);
  return { glances, looks, settle, contentsOf };
}

test("openGlances() looks at each drive once, and knows it from then on", async () => {
  const { looks, settle, contentsOf } = slowGlances();
  expect(contentsOf(drive("a"))).toEqual(["unseen"]);
  contentsOf(drive("a"));
  expect(looks).toHaveLength(1);
  looks[0]?.end(BLANK);
  await settle();
  expect(contentsOf(drive("a"))).toEqual(["seen"]);
  expect(looks).toHaveLength(1);
});

test("openGlances() looks at two drives at a time, and at the others after them", async () => {
  const { looks, settle, contentsOf } = slowGlances();
  const drives = ["a", "b", "c", "d"].map((id) => drive(id));
  contentsOf(...drives);
  expect(looks.map(({ id }) => id)).toEqual(["a/1", "b/1"]);
  looks[1]?.end(BLANK);
  await settle();
  expect(looks.map(({ id }) => id)).toEqual(["a/1", "b/1", "c/1"]);
  expect(contentsOf(...drives)).toEqual(["unseen", "seen", "unseen", "unseen"]);
});

test("openGlances() looks anew at another insertion, and forgets what the one before held", async () => {
  const { looks, settle, contentsOf } = slowGlances();
  contentsOf(drive("a"));
  expect(contentsOf(drive("a", "2"))).toEqual(["unseen"]);
  expect(looks.map(({ id }) => id)).toEqual(["a/1", "a/2"]);
  expect(looks[0]?.signal.aborted).toBe(true);
  looks[0]?.end(BLANK);
  await settle();
  expect(contentsOf(drive("a", "2"))).toEqual(["unseen"]);
  looks[1]?.end(BLANK);
  await settle();
  expect(contentsOf(drive("a", "2"))).toEqual(["seen"]);
});

test("openGlances() goes on with the next drive when a glance was stopped", async () => {
  const { glances, looks, settle, contentsOf } = slowGlances();
  contentsOf(drive("a"), drive("b"), drive("c"));
  glances.hold("a");
  looks[0]?.end(BLANK);
  await settle();
  expect(looks.map(({ id }) => id)).toEqual(["a/1", "b/1", "c/1"]);
  // What it held is of before the writing.
  expect(contentsOf(drive("a"))).toEqual(["unseen"]);
});

test("openGlances() does not look at a drive that is being written, and looks anew afterwards", async () => {
  const { glances, looks, settle, contentsOf } = slowGlances();
  contentsOf(drive("a"));
  looks[0]?.end(BLANK);
  await settle();
  const release = glances.hold("a");
  expect([glances.isHeld("a"), glances.isHeld("b")]).toEqual([true, false]);
  expect(contentsOf(drive("a"))).toEqual(["unseen"]);
  expect(looks).toHaveLength(1);
  release();
  expect(glances.isHeld("a")).toBe(false);
  contentsOf(drive("a"));
  expect(looks).toHaveLength(2);
});

test("openGlances() stops a glance when the drive is to be written, or has gone", () => {
  const { glances, looks, contentsOf } = slowGlances();
  contentsOf(drive("a"), drive("b"));
  glances.hold("a");
  contentsOf();
  expect(looks.map(({ signal }) => signal.aborted)).toEqual([true, true]);
});

test("openGlances() stops every glance when it is closed", () => {
  const { glances, looks, contentsOf } = slowGlances();
  contentsOf(drive("a"), drive("b"));
  glances.close();
  expect(looks.map(({ signal }) => signal.aborted)).toEqual([true, true]);
});

test("openGlances() looks at nothing where there is no medium", () => {
  const { looks, contentsOf } = slowGlances();
  expect(contentsOf({ ...drive("a"), sizeBytes: 0 })).toEqual(["unseen"]);
  expect(looks).toEqual([]);
});

test("openGlances() says why a look failed", async () => {
  const glances = openGlances(() => Promise.reject(new Error("no room for a process")));
  glances.addTo([drive("a")]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(glances.addTo([drive("a")])[0]?.contents).toEqual({
    kind: "unreadable",
    why: "no room for a process",
  });
});

test("openGlances() asks for the serial of a drive that holds what sticks do not carry", async () => {
  const { glances, looks, settle } = slowGlances();
  const asked = () => glances.addTo([drive("a")])[0]?.asks.map(({ code }) => code);
  expect(asked()).toEqual([]);
  looks[0]?.end({
    ...BLANK,
    volumes: [{ partition: 0, sizeBytes: 1, kind: "luks", label: "" }],
  });
  await settle();
  expect(asked()).toEqual(["drive_foreign_content"]);
});
