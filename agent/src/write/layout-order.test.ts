import { rm } from "node:fs/promises";
import { join } from "node:path";
import { PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import { lookAtDrive } from "@stickfarm/common/glance/look-at-drive";
import type { Extent } from "@stickfarm/common/layout/extent";
import { PASSPORT_PATH } from "@stickfarm/common/media/stick-path";
import { expect, onTestFinished, test } from "vitest";
import { layoutOrder } from "./layout-order.ts";
import { MIB, makeCache, noise } from "./write-fixture.ts";
import type { WriterOrder } from "./writer-protocol.ts";

const IMAGE = noise(3 * MIB);
const GEOMETRY = { sizeBytes: 8 * MIB, logicalBlockBytes: 512 };

test("layoutOrder() lays a record behind an image that a glance knows while the image is there", async () => {
  const { order } = await makeOrder({ passport: true });
  const layout = await layoutOrder(order);
  expect(layout.ok).toBe(true);
  const stick = layout.ok ? carryOut(layout.value.extents) : Buffer.alloc(0);
  expect((await look(stick)).passport).toMatchObject({ buildId: "B1", isSealed: true });
  stick.fill(0, 0, MIB);
  expect((await look(stick)).passport).toMatchObject({ buildId: "B1", isSealed: false });
  stick.write("LUKS\xba\xbe\0\x01", 0, "latin1");
  expect(await look(stick)).toMatchObject({ volumes: [{ kind: "luks" }], passport: null });
});

test("layoutOrder() leaves an image alone that shall be alone", async () => {
  const { order } = await makeOrder({ passport: false });
  const layout = await layoutOrder(order);
  const stick = carryOut(layout.ok ? layout.value.extents : []);
  expect(stick.subarray(IMAGE.length).every((byte) => byte === 0)).toBe(true);
});

test("layoutOrder() says that the cache does not hold the image any more", async () => {
  const { order, imagePath } = await makeOrder({ passport: true });
  await rm(imagePath);
  const layout = await layoutOrder(order);
  const detail = expect.stringContaining(`Cannot read the image "${imagePath}": ENOENT`);
  expect(layout).toMatchObject({ ok: false, problem: { code: "cache_corrupt", detail } });
});

async function makeOrder({ passport }: { readonly passport: boolean }) {
  const cache = await makeCache(onTestFinished);
  const image = await cache.add(IMAGE);
  const body = { kind: "image", stored: image, compression: "none", expanded: image } as const;
  const text = JSON.stringify({ buildId: "B1", stickId: "ab" });
  const order: WriterOrder = {
    body: { ...body, mapped: null, passport },
    geometry: GEOMETRY,
    consent: { bay: "1", serial: "A1", overrides: [] },
    lookMs: 60_000,
    identity: {
      diskSignature: 1,
      volumeId: 1,
      diskGuid: "",
      partitionGuid: "",
      biosPartitionGuid: "",
    },
    stamps: [{ path: PASSPORT_PATH, bytes: Buffer.from(text), modifiedAtMs: 0 }],
    policy: PLAIN_POLICY,
    cacheDirectory: cache.directory,
    progressMs: 0,
  };
  return { order, imagePath: join(cache.directory, image.sha256) };
}

function carryOut(extents: readonly Extent[]): Buffer {
  const stick = Buffer.alloc(GEOMETRY.sizeBytes);
  for (const { offsetBytes, lengthBytes, source } of extents) {
    if (source.kind === "bytes") stick.set(source.bytes, offsetBytes);
    if (source.kind === "blob")
      stick.set(IMAGE.subarray(source.blobOffsetBytes).subarray(0, lengthBytes), offsetBytes);
  }
  return stick;
}

function look(stick: Buffer) {
  return lookAtDrive(async (at, lengthBytes) => stick.subarray(at, at + lengthBytes), GEOMETRY);
}
