/** Real writers: they are started from dist, so these tests need `tsc -b` first. */

import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import { recordedBytes } from "@stickfarm/common/glance/test-volumes";
import { BLANK_BYTES } from "@stickfarm/common/layout/extent";
import type { BlobRef } from "@stickfarm/common/media/manifest";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, type TestContext, test, vi } from "vitest";
import { startWriter, type Writer, type WriterExit } from "./start-writer.ts";
import { MIB, makeCache, noise, OLD_BYTE } from "./write-fixture.ts";
import type { WriterEvent, WriterOrder } from "./writer-protocol.ts";

const DIST = fileURLToPath(new URL("../../dist/write/", import.meta.url));
const IMAGE_BYTES = 24 * MIB;
const bytes = noise(IMAGE_BYTES).fill(0, 6 * MIB, 11 * MIB);
const driveBytes = 32 * MIB;

/** A stick full of old data, and the order to write the image to it. */
async function makeStick({ skip }: TestContext) {
  if (!existsSync(join(DIST, "writer-main.js"))) skip(true, "the writer is not built: tsc -b");
  const cache = await makeCache(onTestFinished);
  const image = await cache.add(bytes);
  const drive = join(await makeTemporaryFolder(onTestFinished), "stick");
  writeFileSync(drive, Buffer.alloc(driveBytes, OLD_BYTE));
  return { cache, drive, image, order: orderOf(image, cache.directory) };
}

function orderOf(image: BlobRef, cacheDirectory: string): WriterOrder {
  return {
    body: { kind: "image", stored: image, compression: "none", expanded: image, mapped: null },
    geometry: { sizeBytes: driveBytes, logicalBlockBytes: 512 },
    consent: { bay: "1", serial: "A1", overrides: ["drive_foreign_content"] },
    lookMs: 60_000,
    identity: {
      diskSignature: 1,
      volumeId: 1,
      diskGuid: "",
      partitionGuid: "",
      biosPartitionGuid: "",
    },
    stamps: [],
    policy: PLAIN_POLICY,
    cacheDirectory,
    progressMs: 0,
  };
}

/** Past the page cache where the tests' folder can. */
function openStick(path: string): number {
  try {
    return openSync(path, constants.O_RDWR | constants.O_DIRECT);
  } catch {
    return openSync(path, constants.O_RDWR);
  }
}

/** Run a writer to its end; `on` answers its events. */
async function runWriter(
  drive: string,
  order: WriterOrder,
  on: (event: WriterEvent, writer: Writer) => void,
): Promise<{ readonly events: readonly WriterEvent[]; readonly exit: WriterExit }> {
  const events: WriterEvent[] = [];
  const driveFd = openStick(drive);
  const writer = startWriter({
    order,
    driveFd,
    onEvent: (event) => {
      events.push(event);
      on(event, writer);
    },
  });
  closeSync(driveFd);
  return { exit: await writer.exited, events };
}

function beginAndSeal({ kind }: WriterEvent, writer: Writer): void {
  if (kind === "ready") writer.begin();
  if (kind === "verified") writer.seal();
}

function kindsOf(events: readonly WriterEvent[]): string[] {
  return events.map(({ kind }) => kind).filter((kind) => kind !== "progress" && kind !== "beat");
}

test("startWriter() writes, verifies and seals at its agent's word, and tells of it", async (context) => {
  const { drive, order } = await makeStick(context);
  const { events, exit } = await runWriter(drive, order, ({ kind }, writer) => {
    if (kind === "ready") writer.begin();
    // It beats each second, also while it waits.
    if (kind === "beat") writer.seal();
  });
  expect(exit).toEqual({ exitCode: 0, signal: null, lastWords: "" });
  expect(kindsOf(events)).toEqual([
    "ready",
    ...["phase", "phase", "phase"],
    "verified",
    "phase",
    "sealed",
  ]);
  expect(events.at(-1)).toMatchObject({ evidence: { verifiedBytes: 25 * MIB } });
  const stick = readFileSync(drive);
  expect(stick.subarray(0, bytes.length).equals(bytes)).toBe(true);
  expect(stick.subarray(31 * MIB).equals(Buffer.alloc(MIB))).toBe(true);
});

test("startWriter() refreshes a stick that holds the image, and says that it was compared", async (context) => {
  const { drive, order } = await makeStick(context);
  writeFileSync(drive, bytes);
  truncateSync(drive, driveBytes);
  const policy = { ...order.policy, rewrite: "refresh", proof: "compared" } as const;
  const { events } = await runWriter(drive, { ...order, policy }, beginAndSeal);
  const phases = events.flatMap((event) => (event.kind === "phase" ? [event.phase] : []));
  expect(phases).toEqual(["erase", "compare", "verify", "seal"]);
  expect(events.at(-1)).toMatchObject({
    kind: "sealed",
    proof: "compared",
    evidence: { writtenBytes: MIB, comparedBytes: 18 * MIB, alreadyZeroBytes: 6 * MIB },
  });
  expect(readFileSync(drive).subarray(0, bytes.length).equals(bytes)).toBe(true);
});

test("startWriter() leaves a stick dirty that it was told to leave while it compared", async (context) => {
  const { drive, order } = await makeStick(context);
  writeFileSync(drive, bytes);
  truncateSync(drive, driveBytes);
  const policy = { ...order.policy, rewrite: "refresh", proof: "compared" } as const;
  const { events } = await runWriter(drive, { ...order, policy }, (event, writer) => {
    if (event.kind === "ready") writer.begin();
    if (event.kind === "phase" && event.phase === "compare") writer.stop();
  });
  expect(events.at(-1)).toEqual({ kind: "stopped", dirty: true });
  const stick = readFileSync(drive);
  expect(stick.subarray(0, BLANK_BYTES).equals(Buffer.alloc(BLANK_BYTES))).toBe(true);
});

test("startWriter() writes nothing before begin, and not the first MiB before seal", async (context) => {
  const { drive, order } = await makeStick(context);
  const { events } = await runWriter(drive, order, ({ kind }, writer) => {
    const stick = readFileSync(drive);
    if (kind === "ready") {
      expect(stick.equals(Buffer.alloc(driveBytes, OLD_BYTE))).toBe(true);
      writer.begin();
    }
    if (kind === "verified") {
      expect(stick.subarray(0, BLANK_BYTES).equals(Buffer.alloc(BLANK_BYTES))).toBe(true);
      writer.stop();
    }
  });
  expect(events.at(-1)).toEqual({ kind: "stopped", dirty: true });
});

/** Nothing was answered by a serial. */
function withoutSerial(order: WriterOrder): WriterOrder {
  return { ...order, consent: { ...order.consent, overrides: [] } };
}

test.for(["ext4", "luks2", "lvm2", "ntfs"] as const)(
  "startWriter() leaves a drive that holds %s as it is, until its serial was typed",
  async (name, context) => {
    const { drive, order } = await makeStick(context);
    const held = Buffer.alloc(driveBytes);
    held.set(recordedBytes(name).bytes.subarray(0, driveBytes));
    writeFileSync(drive, held);
    const refused = await runWriter(drive, withoutSerial(order), beginAndSeal);
    expect(refused.events).toMatchObject([
      { kind: "failed", problem: { code: "drive_foreign_content" }, dirty: false },
    ]);
    expect(readFileSync(drive).equals(held)).toBe(true);
    const typed = await runWriter(drive, order, beginAndSeal);
    expect(kindsOf(typed.events).at(-1)).toBe("sealed");
  },
);

test("startWriter() leaves a file system of this machine's mkfs.ext4 as it is", async (context) => {
  const { drive, order } = await makeStick(context);
  writeFileSync(drive, "");
  truncateSync(drive, driveBytes);
  execFileSync("mkfs.ext4", ["-q", "-L", "backup", drive]);
  const held = readFileSync(drive);
  const { events } = await runWriter(drive, withoutSerial(order), beginAndSeal);
  expect(events).toMatchObject([
    { kind: "failed", problem: { detail: expect.stringContaining('"ext4 backup"') } },
  ]);
  expect(readFileSync(drive).equals(held)).toBe(true);
});

test("startWriter() needs no serial for a stick that it left unsealed itself", async (context) => {
  const { drive, order } = await makeStick(context);
  const first = await runWriter(drive, order, (event, writer) => {
    if (event.kind === "ready") writer.begin();
    if (event.kind === "verified") writer.stop();
  });
  expect(first.events.at(-1)).toEqual({ kind: "stopped", dirty: true });
  const second = await runWriter(drive, withoutSerial(order), beginAndSeal);
  expect(kindsOf(second.events).at(-1)).toBe("sealed");
});

test("startWriter() stops clean before it began", async (context) => {
  const { drive, order } = await makeStick(context);
  const { events } = await runWriter(drive, order, (_, writer) => writer.stop());
  expect(kindsOf(events)).toEqual(["ready", "stopped"]);
  expect(events.at(-1)).toEqual({ kind: "stopped", dirty: false });
});

test.for(["stop", "kill"] as const)(
  "startWriter() leaves a stick that does not boot after a %s in the middle",
  async (word, context) => {
    const { drive, order } = await makeStick(context);
    const { events, exit } = await runWriter(drive, order, (event, writer) => {
      if (event.kind === "ready") writer.begin();
      if (event.kind === "phase" && event.phase === "write") writer[word]();
    });
    expect(kindsOf(events)).not.toContain("verified");
    if (word === "stop") expect(events.at(-1)).toEqual({ kind: "stopped", dirty: true });
    else expect(exit.signal).toBe("SIGKILL");
    const stick = readFileSync(drive);
    expect(stick.subarray(0, BLANK_BYTES).equals(Buffer.alloc(BLANK_BYTES))).toBe(true);
    expect(stick[IMAGE_BYTES - 1]).toBe(OLD_BYTE);
  },
);

test("startWriter() tells before it writes that the drive is too small or the cache incomplete", async (context) => {
  const { drive, order } = await makeStick(context);
  const small = { ...order, geometry: { sizeBytes: 8 * MIB, logicalBlockBytes: 512 } };
  expect((await runWriter(drive, small, beginAndSeal)).events).toMatchObject([
    { kind: "failed", problem: { code: "drive_too_small" }, dirty: false },
  ]);
  const lost = { ...order, cacheDirectory: "/nowhere" };
  expect((await runWriter(drive, lost, beginAndSeal)).events).toMatchObject([
    { kind: "failed", problem: { code: "cache_corrupt" }, dirty: false },
  ]);
});

test("startWriter() calls a stick failed and dirty that ends before its size says", async (context) => {
  const { drive, order } = await makeStick(context);
  const large = { ...order, geometry: { sizeBytes: 1 << 30, logicalBlockBytes: 512 } };
  const { events } = await runWriter(drive, large, (event, writer) => {
    beginAndSeal(event, writer);
    // The erase made the file that long: cut it, as a device that shrinks.
    if (event.kind === "phase" && event.phase === "verify") writeFileSync(drive, "");
  });
  expect(events.at(-1)).toMatchObject({ kind: "failed", dirty: true });
});

test("startWriter() gives its death's words when the program is broken", async (context) => {
  const { drive, order } = await makeStick(context);
  const broken = { ...order, geometry: null } as unknown as WriterOrder;
  const { events, exit } = await runWriter(drive, broken, beginAndSeal);
  expect(events).toEqual([]);
  expect(exit).toMatchObject({ exitCode: 1, lastWords: expect.stringContaining("TypeError") });
});

test("startWriter() leaves no writer behind when its agent is killed", async (context) => {
  const { drive, order } = await makeStick(context);
  const agent = spawn(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import { openSync } from "node:fs";
       import { startWriter } from "${join(DIST, "start-writer.js")}";
       const order = ${JSON.stringify(order)};
       const onEvent = () => process.stdout.write(String(writer.pid));
       const writer = startWriter({ order, driveFd: openSync("${drive}", "r+"), onEvent });`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const pid = await new Promise<number>((resolve) => {
    agent.stdout.once("data", (text: Buffer) => resolve(Number(text)));
  });
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  agent.kill("SIGKILL");
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 });
});

/** A zombie waits only for whoever reaps it. */
function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
}
