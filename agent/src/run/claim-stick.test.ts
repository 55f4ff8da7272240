/** Real writers: they are started from dist, so these tests need `tsc -b` first. */
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import { PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import type { AskCode } from "@stickfarm/common/drive/ask";
import type { DriveConsent } from "@stickfarm/common/drive/drive";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, type TestContext, test, vi } from "vitest";
import type { AttemptEvent } from "../attempt/attempt-state.ts";
import { findHolder } from "../drive/find-holder.ts";
import { listDrives } from "../drive/list-drives.ts";
import { thisHost } from "../drive/read-machine.ts";
import { MIB, makeCache, noise } from "../write/write-fixture.ts";
import { claimStick, type StickEvents } from "./claim-stick.ts";
import type { PreparedContent } from "./prepare-content.ts";

const WRITER = fileURLToPath(new URL("../../dist/write/writer-main.js", import.meta.url));

/** A file as a stick, an image to write to it, and what its writer tells. */
async function makeStick({ skip }: TestContext, imageBytes = 4 * MIB) {
  if (!existsSync(WRITER)) skip(true, "the writer is not built: tsc -b");
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = join(folder, "a.img");
  await writeFile(path, Buffer.alloc(8 * MIB, 7));
  const source = { kind: "file", path, sizeBytes: null, serial: "A1", bay: "1" } as const;
  const host = thisHost(join(folder, "data"));
  const [consent] = await listDrives([source], host);
  if (consent === undefined) throw new Error("There is one drive for each source");
  skip(consent.refusals.length > 0, "the folder takes no O_DIRECT");
  const cache = await makeCache(onTestFinished);
  const image = await cache.add(noise(imageBytes));
  const told: string[] = [];
  const events: StickEvents = {
    beat: () => undefined,
    progress: () => undefined,
    phase: (phase) => void told.push(phase),
    measured: () => void told.push("measured"),
    event: (event) => void told.push(nameOf(event)),
  };
  const left = vi.fn();
  const offer = { virtual: [source], usb: null };
  // What the file holds is nothing that sticks carry.
  const overrides: readonly AskCode[] = ["drive_foreign_content"];
  const claim = (change: Partial<DriveConsent> = {}) =>
    claimStick(
      { offer, host, cacheDirectory: cache.directory, lookMs: 60_000, left },
      { ...ORDER, consent: { ...consent, overrides, ...change } },
      contentOf(image),
      events,
    );
  return { path, told, claim, left };
}

const ORDER = {
  stickId: "0".repeat(32),
  manifestSignature: new Uint8Array(64),
  passport: new Uint8Array(1),
  passportSignature: new Uint8Array(64),
  orderedAtMs: 0,
  policy: PLAIN_POLICY,
} as AttemptOrder;

function contentOf(image: { readonly sha256: string; readonly sizeBytes: number }) {
  const body = { kind: "image", stored: image, compression: "none", expanded: image, mapped: null };
  const manifest = { formatVersion: 1, definition: { name: "a", revision: 1, digest: "" }, body };
  return { manifest, manifestBytes: new Uint8Array(1) } as PreparedContent;
}

function nameOf(event: AttemptEvent): string {
  return event.kind === "writer_died" ? `died: ${event.words}` : event.kind;
}

const holds = (told: readonly string[], what: string) =>
  vi.waitFor(() => expect(told).toContain(what), { timeout: 20_000 });

test("claimStick() gives a stick whose writer waits, writes and seals at a word, and is gone at its release", async (context) => {
  const { path, told, claim } = await makeStick(context);
  const claimed = await claim();
  if (!claimed.ok) throw new Error(claimed.problem.detail);
  const { writer, release } = claimed.value;
  expect(told).toEqual([]);
  writer.begin();
  await holds(told, "verified");
  writer.seal();
  await holds(told, "sealed");
  expect(told).toEqual([
    "erase",
    "write",
    "verify",
    "measured",
    "verified",
    "seal",
    "measured",
    "sealed",
  ]);
  await release(false);
  expect(await findHolder(path)).toBeNull();
});

test("claimStick() ends a writer that is at work, and what it says by then counts for nothing", async (context) => {
  const { path, told, claim } = await makeStick(context);
  const claimed = await claim();
  if (!claimed.ok) throw new Error(claimed.problem.detail);
  claimed.value.writer.begin();
  await holds(told, "verified");
  await claimed.value.release(true);
  expect(await claimed.value.writer.exited).toMatchObject({ signal: "SIGKILL" });
  expect(told.at(-1)).toBe("verified");
  expect(await findHolder(path)).toBeNull();
});

test("claimStick() tells of a writer that dies at its work", async (context) => {
  const { told, claim } = await makeStick(context);
  const claimed = await claim();
  if (!claimed.ok) throw new Error(claimed.problem.detail);
  claimed.value.writer.begin();
  await holds(told, "verified");
  claimed.value.writer.kill();
  await holds(told, "died: signal SIGKILL");
  await claimed.value.release(false);
});

test("claimStick() lets go of a drive on which its content has no room", async (context) => {
  const { path, told, claim } = await makeStick(context, 12 * MIB);
  expect(await claim()).toMatchObject({ problem: { code: "drive_too_small" } });
  expect(await findHolder(path)).toBeNull();
  expect(told).toEqual([]);
});

test("claimStick() says that a drive is not among those offered", async (context) => {
  const { claim } = await makeStick(context);
  expect(await claim({ driveId: "virtual-file:B2" })).toMatchObject({
    problem: { code: "drive_gone", detail: 'Cannot claim drive "A1": bay "1" has none' },
  });
});

test("claimStick() leaves a drive as it is, and to others, that holds what its consent does not name", async (context) => {
  const { path, claim, left } = await makeStick(context);
  const before = readFileSync(path);
  expect(await claim({ overrides: ["drive_too_large"] })).toMatchObject({
    problem: { code: "drive_foreign_content" },
  });
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(await findHolder(path)).toBeNull();
  expect(left).not.toHaveBeenCalled();
});
