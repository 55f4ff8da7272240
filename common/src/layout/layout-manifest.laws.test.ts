import fc from "fast-check";
import { expect, test } from "vitest";
import { GIB, KIB, MIB } from "../bytes.ts";
import type { Manifest } from "../media/manifest.ts";
import { alignUp } from "./align.ts";
import { type DriveGeometry, type Extent, PIECE_BYTES } from "./extent.ts";
import { layoutManifest } from "./layout-manifest.ts";
import { requiredDriveBytes } from "./required-drive-bytes.ts";
import { stickIdentity } from "./stick-identity.ts";

/** What the writer relies on for any manifest, and that requiredDriveBytes() tells the truth. */

const sizes = fc.oneof(
  fc.integer({ min: 0, max: 70 * KIB }),
  fc.integer({ min: 0, max: 200 * MIB }),
);
const names = fc.stringMatching(/^[a-f]{1,3}( x)?\.[a-c]$/);
const paths = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const stamps = fc
  .uint8Array({ maxLength: 5000 })
  .map((bytes) => [{ path: "stickfarm/manifest.json", bytes, modifiedAtMs: 0 }]);

const trees: fc.Arbitrary<Manifest["body"]> = fc.record({
  kind: fc.constant("tree"),
  partitionTable: fc.constantFrom("mbr", "gpt"),
  fileSystem: fc.constant("fat32"),
  partitionBytes: fc.oneof(
    fc.constant("fill" as const),
    fc.integer({ min: 34 * MIB, max: 3 * GIB }),
  ),
  volumeLabel: fc.constantFrom("", "HQ BOOT"),
  files: fc
    .uniqueArray(fc.tuple(paths, sizes), { selector: ([path]) => path, maxLength: 40 })
    .map((files) =>
      files.map(([path, sizeBytes]) => ({
        path: `${path}.file`,
        blob: { sha256: path, sizeBytes },
        modifiedAtMs: 0,
      })),
    ),
  emptyDirectories: fc.array(paths, { maxLength: 3 }),
  biosBoot: fc.constant({ kind: "none" }),
});

/** Some of them reach beyond the image. */
const ranges = fc.record({
  offsetBytes: fc.integer({ min: 0, max: 64 * MIB }),
  lengthBytes: fc.integer({ min: 0, max: 2 * MIB }),
});

const images: fc.Arbitrary<Manifest["body"]> = fc
  .tuple(fc.integer({ min: 1, max: 64 * MIB }), fc.option(fc.array(ranges, { maxLength: 20 })))
  .map(([sizeBytes, mapped]) => ({
    kind: "image",
    stored: { sha256: "stored", sizeBytes: 1 },
    compression: "xz",
    expanded: { sha256: "raw", sizeBytes },
    mapped,
  }));

const bodies = fc.oneof({ weight: 3, arbitrary: trees }, { weight: 1, arbitrary: images });

test("layoutManifest() gives extents that are sorted, apart, whole blocks and within the drive", () => {
  const broken: string[] = [];
  const geometry = fc.record({
    sizeBytes: fc.integer({ min: 1, max: GIB }).map((pages) => pages * 4096),
    logicalBlockBytes: fc.constantFrom(512, 4096),
  });
  let laidOut = 0;
  fc.assert(
    fc.property(bodies, geometry, stamps, (body, drive, stamp) => {
      const layout = layOut(body, drive, stamp);
      if (!layout.ok) return;
      laidOut++;
      broken.push(...brokenRules(layout.value.extents, drive));
      if (body.kind === "tree") broken.push(...undetermined(layout.value.extents, drive));
    }),
    { seed: 20, numRuns: 400 },
  );
  expect(laidOut).toBeGreaterThan(250);
  expect(broken).toEqual([]);
});

test("requiredDriveBytes() is the smallest drive that layoutManifest() takes", () => {
  const broken: string[] = [];
  fc.assert(
    fc.property(bodies, stamps, (body, stamp) => {
      const required = requiredDriveBytes(body, stamp);
      const on = (sizeBytes: number) => layOut(body, { sizeBytes, logicalBlockBytes: 512 }, stamp);
      if (!required.ok) {
        const refused = on(4096 * GIB);
        if (refused.ok || refused.problem.code !== required.problem.code) {
          broken.push(`refused with ${required.problem.detail}, but laid out`);
        }
        return;
      }
      // An image goes back to the drive that it was read from, whatever its size is a multiple of.
      const step = body.kind === "image" ? 512 : 4096;
      if (required.value % step !== 0) broken.push(`${required.value} is no multiple of ${step}`);
      if (!on(required.value).ok) broken.push(`too small: ${required.value}`);
      const less = on(required.value - step);
      if (less.ok || less.problem.code !== "drive_too_small") {
        broken.push(`smaller than ${required.value} is enough`);
      }
    }),
    { seed: 21, numRuns: 300 },
  );
  expect(broken).toEqual([]);
});

function layOut(
  body: Manifest["body"],
  geometry: DriveGeometry,
  stamp: readonly { path: string; bytes: Uint8Array; modifiedAtMs: number }[],
) {
  const identity = stickIdentity("0123456789abcdef0123456789abcdef");
  return layoutManifest({ body, geometry, identity, stamps: stamp, biosBoot: null });
}

function brokenRules(extents: readonly Extent[], drive: DriveGeometry): readonly string[] {
  const block = drive.logicalBlockBytes;
  let endBytes = 0;
  return extents.flatMap(({ offsetBytes, lengthBytes, source }) => {
    const rules = {
      apart: offsetBytes >= endBytes,
      filled: lengthBytes > 0,
      offset: offsetBytes % block === 0,
      length: source.kind === "blob" || lengthBytes % block === 0,
      bytes: source.kind !== "bytes" || source.bytes.length === lengthBytes,
      pieces: source.kind !== "blob" || source.blobOffsetBytes % PIECE_BYTES === 0,
      within: offsetBytes + lengthBytes <= drive.sizeBytes,
    };
    endBytes = alignUp(offsetBytes + lengthBytes, block);
    return Object.entries(rules)
      .filter(([, kept]) => !kept)
      .map(([rule]) => `${rule}: ${source.kind} at ${offsetBytes} of ${lengthBytes}`);
  });
}

/** A tree's layout has one hole at most: free clusters, before the last MiB. */
function undetermined(extents: readonly Extent[], drive: DriveGeometry): readonly string[] {
  let endBytes = 0;
  const holes = extents.flatMap(({ offsetBytes, lengthBytes }) => {
    const hole = offsetBytes > endBytes ? [offsetBytes] : [];
    endBytes = alignUp(offsetBytes + lengthBytes, drive.logicalBlockBytes);
    return hole;
  });
  return [
    ...holes.filter((end) => end !== drive.sizeBytes - MIB).map((end) => `a hole until ${end}`),
    ...(endBytes === drive.sizeBytes ? [] : [`nothing behind ${endBytes}`]),
  ];
}
