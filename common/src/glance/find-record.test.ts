import { expect, test } from "vitest";
import { MIB } from "../bytes.ts";
import { crc32 } from "../layout/crc32.ts";
import { BLANK_BYTES } from "../layout/extent.ts";
import type { ReadBytes } from "../layout/read-bytes.ts";
import { renderTailRecord, tailRecordOffset } from "../layout/tail-record.ts";
import {
  IMAGE_SIGHT_PATH,
  MANIFEST_PATH,
  PASSPORT_PATH,
  PASSPORT_SIGNATURE_PATH,
} from "../media/stick-path.ts";
import { diceOf } from "../test-dice.ts";
import { describeImage } from "./describe-image.ts";
import { findRecord } from "./find-record.ts";
import { seeVolumes } from "./see-volumes.ts";
import { type RecordedName, readerOf, recordedBytes } from "./test-volumes.ts";

const DRIVE = { sizeBytes: 512 * MIB, logicalBlockBytes: 512 };
const PASSPORT = { buildId: "01JC0000000000000000000001", stickId: "ab", orderedAt: "2026-11-22" };
const SEEN = {
  buildId: PASSPORT.buildId,
  stickId: "ab",
  media: { name: "pi", revision: 2 },
  orderedAtMs: Date.UTC(2026, 10, 22),
};
/** Where the image of the name has partition 1, and its ext4 that is partition 5. */
const PARTITION_AT = MIB;

test("findRecord() reads of which build the image before it is", async () => {
  for (const name of ["mbr", "gpt", "hybrid", "ext4", "exfat"] as const)
    expect(await find(await makeStick(name))).toEqual({ ...SEEN, isSealed: true });
});

test("findRecord() says that a stick was never sealed", async () => {
  const stick = await makeStick("mbr");
  for (const erasedBytes of [BLANK_BYTES, MIB]) {
    stick.image.fill(0, 0, erasedBytes).fill(1, erasedBytes, BLANK_BYTES + 1);
    expect(await find(stick)).toEqual({ ...SEEN, isSealed: false });
  }
});

test("findRecord() says the build alone where a block map left the manifest no room", async () => {
  const { [MANIFEST_PATH]: _, ...files } = await filesOf("mbr");
  const stick = await makeStick("mbr", files);
  expect(await find(stick)).toEqual({ ...SEEN, media: null, isSealed: true });
});

test("findRecord() still knows a stick of which somebody changed files", async () => {
  const stick = await makeStick("mbr");
  stick.image.fill(7, stick.image.length - 512);
  expect(await find(stick)).toMatchObject({ isSealed: true });
});

test.each<[string, (stick: Stick) => void]>([
  ["a volume that lies there alone", ({ image }) => replace(image, 0, "luks2")],
  ["a volume in one of its partitions", ({ image }) => replace(image, PARTITION_AT, "luks1")],
  ["a table of somebody else", ({ image }) => replace(image, 0, "gpt")],
  ["the same table, made anew", ({ image }) => image.fill(7, 440, 444)],
  ["a table without partitions", ({ image }) => image.fill(0, 446, 510)],
  ["nothing known", ({ image }) => image.fill(0xa5, 0, 2 * MIB)],
])("findRecord() does not take %s for what was written", async (_, change) => {
  const stick = await makeStick("mbr");
  change(stick);
  expect(await find(stick)).toBeNull();
});

test.each<[string, (record: Buffer) => void]>([
  ["a changed byte", (record) => record.writeUInt8(7, 40)],
  ["a length beyond its room", (record) => record.writeUInt32LE(0xffffffff, 20)],
  ["another version", (record) => record.writeUInt32LE(2, 16)],
])("findRecord() takes none with %s", async (_, change) => {
  const stick = await makeStick("mbr");
  change(stick.record);
  expect(await find(stick)).toBeNull();
});

test("findRecord() believes none that does not say how its image looked, or has no passport", async () => {
  const { [IMAGE_SIGHT_PATH]: sight, [PASSPORT_PATH]: passport, ...others } = await filesOf("mbr");
  expect(await find(await makeStick("mbr", { ...others, [PASSPORT_PATH]: passport }))).toBeNull();
  expect(await find(await makeStick("mbr", { ...others, [IMAGE_SIGHT_PATH]: sight }))).toBeNull();
  const broken = { ...others, [IMAGE_SIGHT_PATH]: sight, [PASSPORT_PATH]: "[]" };
  expect(await find(await makeStick("mbr", broken))).toBeNull();
});

test("findRecord() of any body that has its checksum ends, and believes nothing", async () => {
  const broken: string[] = [];
  for (let seed = 0; seed < 200; seed += 1) {
    const dice = diceOf(seed);
    const stick = await makeStick("exfat");
    const body = stick.record.subarray(32);
    // Lengths of entries are what leads somewhere: small, large, beyond the end.
    for (let at = 0; at < body.length; at += 4)
      body.writeUInt32LE(Math.floor(dice() * 2 ** Math.floor(dice() * 32)), at % (body.length - 4));
    stick.record.writeUInt32LE(crc32(body), 24);
    if ((await find(stick)) !== null) broken.push(`seed ${seed}`);
  }
  expect(broken).toEqual([]);
});

test("findRecord() reads 512 bytes of a drive that has none, and nothing of one without room", async () => {
  const reads: number[] = [];
  const { bytes } = recordedBytes("mbr");
  const counting: ReadBytes = (at, lengthBytes) => {
    reads.push(lengthBytes);
    return readerOf(bytes, DRIVE.sizeBytes)(at, lengthBytes);
  };
  const seen = await seeVolumes(readerOf(bytes, DRIVE.sizeBytes), DRIVE);
  expect(await findRecord(counting, DRIVE, seen)).toBeNull();
  expect(await findRecord(counting, { ...DRIVE, sizeBytes: MIB - 512 }, seen)).toBeNull();
  expect(reads).toEqual([512]);
});

type Stick = { readonly image: Buffer; readonly record: Buffer };
type Files = Readonly<Record<string, string | undefined>>;

async function filesOf(name: RecordedName): Promise<Files> {
  const { bytes } = recordedBytes(name);
  return {
    [MANIFEST_PATH]: JSON.stringify({ formatVersion: 1, definition: SEEN.media }),
    [PASSPORT_PATH]: JSON.stringify(PASSPORT),
    [PASSPORT_SIGNATURE_PATH]: "signed",
    [IMAGE_SIGHT_PATH]: await describeImage(readerOf(bytes), DRIVE),
  };
}

async function makeStick(name: RecordedName, files?: Files): Promise<Stick> {
  const stamps = Object.entries(files ?? (await filesOf(name))).map(([path, text]) => ({
    path,
    bytes: new TextEncoder().encode(text),
    modifiedAtMs: 0,
  }));
  const record = renderTailRecord(stamps);
  if (record === null) throw new Error("does not fit");
  const { bytes } = recordedBytes(name);
  const image = Buffer.alloc(bytes.length + 8 * MIB);
  image.set(bytes);
  return { image, record: Buffer.from(record) };
}

function replace(image: Buffer, at: number, name: RecordedName): void {
  image.fill(0, at, at + MIB);
  recordedBytes(name).bytes.copy(image, at);
}

async function find({ image, record }: Stick) {
  const recordAt = tailRecordOffset(DRIVE.sizeBytes);
  const read: ReadBytes = async (at, lengthBytes) =>
    at < recordAt
      ? readerOf(image, DRIVE.sizeBytes)(at, lengthBytes)
      : readerOf(record, MIB)(at - recordAt, lengthBytes);
  return findRecord(read, DRIVE, await seeVolumes(read, DRIVE));
}
