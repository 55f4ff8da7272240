import { createHash } from "node:crypto";

/** For tests: a block map of an image in blocks of 4096 bytes, as bmaptool would write it. */
export function blockMapFixture(
  image: Uint8Array,
  ranges: readonly (readonly [first: number, last: number])[],
  version: "1.3" | "2.0" = "2.0",
): string {
  const type = version === "1.3" ? "sha1" : "sha256";
  const [fileTag, attribute] =
    version === "1.3" ? ["BmapFileSHA1", "sha1"] : ["BmapFileChecksum", "chksum"];
  const lines = ranges.map(([first, last]) => {
    const bytes = image.subarray(first * 4096, (last + 1) * 4096);
    const checksum = createHash(type).update(bytes).digest("hex");
    const blocks = first === last ? `${first}` : `${first}-${last}`;
    return `        <Range ${attribute}="${checksum}"> ${blocks} </Range>`;
  });
  const mapped = ranges.reduce((sum, [first, last]) => sum + last + 1 - first, 0);
  const zeros = "0".repeat(type === "sha1" ? 40 : 64);
  const text = `<?xml version="1.0" ?>
<!-- It lists only <MappedBlocksCount> blocks. -->
<bmap version="${version}">
    <ImageSize> ${image.length} </ImageSize>
    <BlockSize> 4096 </BlockSize>
    <BlocksCount> ${Math.ceil(image.length / 4096)} </BlocksCount>
    <MappedBlocksCount> ${mapped}    </MappedBlocksCount>
    ${version === "1.3" ? "" : `<ChecksumType> ${type} </ChecksumType>`}
    <${fileTag}> ${zeros} </${fileTag}>
    <BlockMap>
${lines.join("\n")}
    </BlockMap>
</bmap>
`;
  return signBlockMap(text, type);
}

/** Writes the file's own checksum where the zeros, or another one, stand. */
export function signBlockMap(text: string, type: "sha1" | "sha256" = "sha256"): string {
  const place = /(?<=<BmapFile\w+>\s*)[0-9a-f]+/;
  const zeroed = text.replace(place, (digits) => "0".repeat(digits.length));
  return zeroed.replace(place, createHash(type).update(zeroed).digest("hex"));
}
