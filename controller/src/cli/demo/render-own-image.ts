import { MIB } from "@stickfarm/common/bytes";
import { invariant } from "@stickfarm/common/invariant";
import { layoutManifest } from "@stickfarm/common/layout/layout-manifest";
import { stickIdentity } from "@stickfarm/common/layout/stick-identity";

const IMAGE_BYTES = 40 * MIB;

/** A partitioned FAT32 image with one file, for a machine that has no other image. It boots nothing. */
export function renderOwnImage(): Uint8Array {
  const layout = layoutManifest({
    body: {
      kind: "tree",
      partitionTable: "mbr",
      fileSystem: "fat32",
      partitionBytes: "fill",
      volumeLabel: "OWN IMAGE",
      files: [],
      emptyDirectories: [],
      biosBoot: { kind: "none" },
    },
    geometry: { sizeBytes: IMAGE_BYTES, logicalBlockBytes: 512 },
    identity: stickIdentity("0123456789abcdef0123456789abcdef"),
    stamps: [
      {
        path: "README.txt",
        bytes: new TextEncoder().encode("Laid out by stickfarm\n"),
        modifiedAtMs: 0,
      },
    ],
    biosBoot: null,
  });
  invariant(layout.ok, "one small file fits on the image");
  const image = new Uint8Array(IMAGE_BYTES);
  for (const { offsetBytes, source } of layout.value.extents)
    if (source.kind === "bytes") image.set(source.bytes, offsetBytes);
  return image;
}
