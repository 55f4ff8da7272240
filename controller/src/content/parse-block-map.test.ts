import { ok } from "@stickfarm/common/result";
import { expect, test } from "vitest";
import { blockMapFixture, signBlockMap } from "./block-map-fixture.ts";
import { parseBlockMap } from "./parse-block-map.ts";

/** `bmaptool create` (bmap-tools 3.6) on a sparse file of 10,487,000 bytes, comments shortened. */
const RECORDED = `<?xml version="1.0" ?>
<!-- the image quicker than copying of flashing the entire image: <MappedBlocksCount> blocks -->

<bmap version="2.0">
    <!-- Image size in bytes: 10.0 MiB -->
    <ImageSize> 10487000 </ImageSize>

    <!-- Size of a block in bytes -->
    <BlockSize> 4096 </BlockSize>

    <BlocksCount> 2561 </BlocksCount>
    <MappedBlocksCount> 2    </MappedBlocksCount>
    <ChecksumType> sha256 </ChecksumType>
    <BmapFileChecksum> @ </BmapFileChecksum>
    <BlockMap>
        <Range chksum="b15056c9a8db77ab5708d19b7f330fe13d88eeae3d0ab271081d3438c0f46264"> 0 </Range>
        <Range chksum="bb636da76104d3c5716ac0e812ca0fa1387ca660b866829cc52c25fea3a1c3d1"> 1220 </Range>
    </BlockMap>
</bmap>
`;

const image = Buffer.alloc(10 * 4096 + 100, "abc");
const good = blockMapFixture(image, [
  [0, 1],
  [3, 3],
  [9, 10],
]);

test("parseBlockMap() reads what bmaptool wrote", () => {
  const text = signBlockMap(RECORDED.replace("@", "0".repeat(64)));
  expect(parseBlockMap(Buffer.from(text))).toEqual(
    ok({
      imageBytes: 10_487_000,
      checksumType: "sha256",
      ranges: [
        {
          offsetBytes: 0,
          lengthBytes: 4096,
          checksum: "b15056c9a8db77ab5708d19b7f330fe13d88eeae3d0ab271081d3438c0f46264",
        },
        {
          offsetBytes: 1220 * 4096,
          lengthBytes: 4096,
          checksum: "bb636da76104d3c5716ac0e812ca0fa1387ca660b866829cc52c25fea3a1c3d1",
        },
      ],
    }),
  );
});

test("parseBlockMap() reads ranges and ends the last where the image ends", () => {
  const map = parseBlockMap(Buffer.from(good));
  if (!map.ok) throw new Error(map.problem.detail);
  expect(
    map.value.ranges.map(({ offsetBytes, lengthBytes }) => [offsetBytes, lengthBytes]),
  ).toEqual([
    [0, 8192],
    [3 * 4096, 4096],
    [9 * 4096, 4096 + 100],
  ]);
});

test("parseBlockMap() reads version 1.3, and a map of nothing", () => {
  const old = parseBlockMap(Buffer.from(blockMapFixture(image, [[2, 4]], "1.3")));
  expect(old).toMatchObject({ ok: true, value: { checksumType: "sha1" } });
  const none = parseBlockMap(Buffer.from(blockMapFixture(image, [])));
  expect(none).toMatchObject({ ok: true, value: { ranges: [] } });
});

const changed = (from: string | RegExp, to: string) => signBlockMap(good.replace(from, to));

test.each([
  ["no text at all", "", /no element|Start tag/i],
  ["no XML", "ImageSize: 7", /Cannot use the block map/],
  ["XML that ends early", good.slice(0, 400), /Cannot use the block map/],
  ["another document", `<html version="2.0"></html>`, /it is "html" of version "2.0"/],
  ["a version without checksums", changed(`version="2.0"`, `version="1.2"`), /version "1.2"/],
  ["a version of the future", changed(`version="2.0"`, `version="3.0"`), /version "3.0"/],
  ["unknown checksums", changed("> sha256 <", "> md5 <"), /its checksums are "md5"/],
  [
    "a changed byte",
    good.replace("9-10", "8-10"),
    /its own checksum is "[0-9a-f]{64}", the file has/,
  ],
  [
    "no checksum of its own",
    good.replace(/BmapFileChecksum/g, "Nothing"),
    /its own checksum is ""/,
  ],
  ["a count that does not fit", changed("> 11 <", "> 12 <"), /do not fit together/],
  ["no block size", changed("> 4096 <", ">  <"), /do not fit together/],
  ["a negative size", changed("> 41060 <", "> -41060 <"), /do not fit together/],
  ["ranges out of order", changed(" 3 <", " 1 <"), /its range "1" must be in order/],
  ["a range beyond the image", changed("9-10", "9-11"), /its range "9-11" must be/],
  ["a range that runs back", changed("9-10", "10-9"), /its range "10-9" must be/],
  ["a range of words", changed(" 3 <", " three <"), /its range "three" must be/],
  [
    "a range without checksum",
    changed(/ chksum="\w+"> 3/, "> 3"),
    /its range "3" has the sha256 ""/,
  ],
  ["too few mapped blocks", changed("> 5 ", "> 6 "), /its ranges hold 5 blocks/],
])("parseBlockMap() refuses %s", (_, text, words) => {
  expect(parseBlockMap(Buffer.from(text))).toMatchObject({
    problem: { code: "block_map_invalid", detail: expect.stringMatching(words) },
  });
});

test("parseBlockMap() lets no entity grow", () => {
  const bomb = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n`;
  const text = good.replace("<bmap", `${bomb}<bmap`).replace(" 3 <", " &b; <");
  expect(parseBlockMap(Buffer.from(signBlockMap(text)))).toMatchObject({
    problem: { code: "block_map_invalid" },
  });
});
