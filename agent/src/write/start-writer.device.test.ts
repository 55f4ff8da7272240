/** A real writer on a loop device with blocks of 4096 bytes: needs root, losetup, and `tsc -b` first. */

import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, constants, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, type TestContext, test } from "vitest";
import { startWriter } from "./start-writer.ts";
import { MIB, makeCache, noise, OLD_BYTE } from "./write-fixture.ts";
import type { WriterEvent } from "./writer-protocol.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/write/writer-main.js", import.meta.url));

async function attachLoop({ skip }: TestContext, sizeBytes: number) {
  if (!existsSync(PROGRAM)) skip(true, "the writer is not built: tsc -b");
  const file = join(await makeTemporaryFolder(onTestFinished), "stick");
  writeFileSync(file, Buffer.alloc(sizeBytes, OLD_BYTE));
  const options = ["--find", "--show", "--sector-size", "4096"];
  const attached = spawnSync("losetup", [...options, file], { encoding: "utf8" });
  if (attached.status !== 0) skip(true, "loop devices need root and losetup");
  const path = attached.stdout.trim();
  onTestFinished(() => {
    execFileSync("losetup", ["--detach", path]);
  });
  return { path, file };
}

test("startWriter() fills a device of 4096-byte blocks with an image of exactly its size", async (context) => {
  const bytes = noise(16 * MIB).fill(0, 5 * MIB, 9 * MIB);
  const { path, file } = await attachLoop(context, bytes.length);
  const cache = await makeCache(onTestFinished);
  const image = await cache.add(bytes);
  const events: WriterEvent[] = [];
  const driveFd = openSync(path, constants.O_RDWR | constants.O_DIRECT | constants.O_EXCL);
  const writer = startWriter({
    order: {
      body: { kind: "image", stored: image, compression: "none", expanded: image, mapped: null },
      geometry: { sizeBytes: bytes.length, logicalBlockBytes: 4096 },
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
      cacheDirectory: cache.directory,
      progressMs: 250,
    },
    driveFd,
    onEvent: (event) => {
      events.push(event);
      if (event.kind === "ready") writer.begin();
      if (event.kind === "verified") writer.seal();
    },
  });
  await writer.exited;
  closeSync(driveFd);
  expect(events.at(-1)).toMatchObject({
    kind: "sealed",
    evidence: { verifiedBytes: bytes.length, alreadyZeroBytes: 0 },
  });
  expect(readFileSync(file).equals(bytes)).toBe(true);
});
