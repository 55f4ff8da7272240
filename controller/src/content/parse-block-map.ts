import { createHash } from "node:crypto";
import type { ByteRange } from "@stickfarm/common/media/manifest";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { parseXml, type XmlElement } from "../parse/parse-xml.ts";

/** Which blocks of an image hold content, and what they must hash to. */
export type BlockMap = {
  readonly imageBytes: number;
  readonly checksumType: ChecksumType;
  /** By offset, apart from each other; the last may end within its block, where the image does. */
  readonly ranges: readonly CheckedRange[];
};

/** `checksum` is lower-case hex. */
export type CheckedRange = ByteRange & { readonly checksum: string };

export type ChecksumType = "sha1" | "sha256";

/**
 * Read a block map as bmaptool writes it: versions 1.3 (SHA-1), 1.4 and 2.0.
 *
 * Older ones carry no checksums: nothing would tie them to this image, so they are refused.
 *
 * Problems: block_map_invalid.
 * Source:   bmaptools, BmapCopy.py: _parse_bmap, _verify_bmap_checksum, _get_block_ranges.
 */
export function parseBlockMap(bytes: Uint8Array): Result<BlockMap> {
  // Checksums go over bytes; latin1 keeps each one as it is.
  const text = Buffer.from(bytes).toString("latin1");
  const root = parseXml(text);
  if (typeof root === "string") return invalid(root);
  const format = findFormat(root);
  if (typeof format === "string") return invalid(format);
  const checksum = textOf(root, format.fileTag);
  const zeroed = text.replace(checksum, "0".repeat(checksum.length));
  const actual = createHash(format.checksumType).update(zeroed, "latin1").digest("hex");
  if (checksum !== actual)
    return invalid(`its own checksum is "${checksum}", the file has "${actual}"`);
  return parseRanges(root, format);
}

type Format = {
  readonly checksumType: ChecksumType;
  readonly fileTag: string;
  readonly attribute: string;
};

function findFormat(root: XmlElement): Format | string {
  const version = root.attributes["version"] ?? "";
  if (root.name !== "bmap" || !/^(1\.[34]|2\.\d+)$/.test(version))
    return `it is "${root.name}" of version "${version}", must be "bmap" of version 1.3, 1.4 or 2.0`;
  if (version === "1.3")
    return { checksumType: "sha1", fileTag: "BmapFileSHA1", attribute: "sha1" };
  const checksumType = textOf(root, "ChecksumType");
  if (checksumType !== "sha1" && checksumType !== "sha256")
    return `its checksums are "${checksumType}", must be sha256 or sha1`;
  return { checksumType, fileTag: "BmapFileChecksum", attribute: "chksum" };
}

function parseRanges(root: XmlElement, { checksumType, attribute }: Format): Result<BlockMap> {
  const imageBytes = numberOf(root, "ImageSize");
  const blockBytes = numberOf(root, "BlockSize");
  const blockCount = numberOf(root, "BlocksCount");
  if (!(imageBytes > 0 && blockBytes > 0 && blockCount === Math.ceil(imageBytes / blockBytes)))
    return invalid("its ImageSize, BlockSize and BlocksCount do not fit together");
  const ranges: CheckedRange[] = [];
  let nextBlock = 0;
  let mappedCount = 0;
  for (const { text, attributes } of child(root, "BlockMap")?.children ?? []) {
    const blocks = parseBlocks(text);
    if (blocks === null || blocks.first < nextBlock || blocks.end > blockCount)
      return invalid(`its range "${text}" must be in order and within ${blockCount} blocks`);
    const checksum = attributes[attribute] ?? "";
    if (checksum.length !== CHECKSUM_LENGTH[checksumType])
      return invalid(`its range "${text}" has the ${checksumType} "${checksum}"`);
    const offsetBytes = blocks.first * blockBytes;
    const endByte = Math.min(blocks.end * blockBytes, imageBytes);
    ranges.push({ offsetBytes, lengthBytes: endByte - offsetBytes, checksum });
    mappedCount += blocks.end - blocks.first;
    nextBlock = blocks.end;
  }
  if (mappedCount !== numberOf(root, "MappedBlocksCount"))
    return invalid(`its ranges hold ${mappedCount} blocks, MappedBlocksCount says otherwise`);
  return ok({ imageBytes, checksumType, ranges });
}

const CHECKSUM_LENGTH: Readonly<Record<ChecksumType, number>> = { sha1: 40, sha256: 64 };

/** "7" or "7-9". */
function parseBlocks(text: string): { readonly first: number; readonly end: number } | null {
  const match = /^(\d+)(?:\s*-\s*(\d+))?$/.exec(text);
  if (match === null) return null;
  const first = Number(match[1]);
  const end = Number(match[2] ?? match[1]) + 1;
  return end > first ? { first, end } : null;
}

function child(parent: XmlElement, name: string): XmlElement | undefined {
  return parent.children.find((element) => element.name === name);
}

function textOf(parent: XmlElement, name: string): string {
  return child(parent, name)?.text ?? "";
}

/** NaN when it is not there or no whole number. */
function numberOf(parent: XmlElement, name: string): number {
  const text = textOf(parent, name);
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}

function invalid(why: string): Result<never> {
  return fail({ code: "block_map_invalid", detail: `Cannot use the block map: ${why}` });
}
