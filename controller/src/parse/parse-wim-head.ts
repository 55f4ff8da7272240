import type { ByteRange } from "@stickfarm/common/media/manifest";

/**
 * Source: Microsoft, "Windows Imaging File Format", WIMHEADER_V1_PACKED and RESHDR_DISK_SHORT; wimlib's
 *         include/wimlib/header.h.
 */
export type WimHead = {
  readonly imageCount: number;
  /** Which image starts, counted from 1; 0 = none. */
  readonly bootIndex: number;
  /** This part of how many; 1 of 1 when it is not split. */
  readonly partNumber: number;
  readonly partCount: number;
  /** Where its XML lies: UTF-16, not compressed. */
  readonly xml: ByteRange;
};

export const WIM_HEAD_BYTES = 208;
/** Of the images on Windows' own discs it has 20 KiB. */
export const WIM_XML_MAX_BYTES = 4 * 1024 * 1024;

const MAGIC = "MSWIM\0\0\0";
const VERSIONS = new Map([
  [0x10d00, "1.13"],
  [0xe00, "solid"],
]);
const COMPRESSED_FLAG = 4;

/** The head, or what is wrong with it. */
export function parseWimHead(head: Uint8Array, fileBytes: number): WimHead | string {
  const start = String.fromCharCode(...head.subarray(0, MAGIC.length));
  if (start !== MAGIC) return 'it does not begin with "MSWIM": it is no WIM file';
  if (head.length < WIM_HEAD_BYTES) return `it ends in its header, at byte ${head.length}`;
  const view = new DataView(head.buffer, head.byteOffset, WIM_HEAD_BYTES);
  const headBytes = view.getUint32(8, true);
  const version = view.getUint32(12, true);
  if (headBytes !== WIM_HEAD_BYTES || !VERSIONS.has(version))
    return `its header has ${headBytes} bytes of version 0x${version.toString(16)}, must have ${WIM_HEAD_BYTES} of 0x10d00 or 0xe00`;
  const partNumber = view.getUint16(40, true);
  const partCount = view.getUint16(42, true);
  if (partNumber < 1 || partNumber > partCount) return `it is part ${partNumber} of ${partCount}`;
  const imageCount = view.getUint32(44, true);
  const bootIndex = view.getUint32(120, true);
  if (bootIndex > imageCount) return `its image ${bootIndex} is to start, and it has ${imageCount}`;
  const tables = whyNoTable(view, "list of files", 48, fileBytes);
  const xml = whyNoTable(view, "XML", 72, fileBytes);
  if (tables !== null || xml !== null) return tables ?? xml ?? "";
  const place = placeAt(view, 72);
  if (place.flags & COMPRESSED_FLAG) return "its XML is compressed, must not be";
  if (place.lengthBytes > WIM_XML_MAX_BYTES)
    return `its XML has ${place.lengthBytes} bytes, at most ${WIM_XML_MAX_BYTES} are read`;
  const { offsetBytes, lengthBytes } = place;
  return { imageCount, bootIndex, partNumber, partCount, xml: { offsetBytes, lengthBytes } };
}

type Place = ByteRange & { readonly flags: number };

function placeAt(view: DataView, at: number): Place {
  const packed = view.getBigUint64(at, true);
  return {
    lengthBytes: Number(packed & 0xff_ffff_ffff_ffffn),
    flags: Number(packed >> 56n),
    offsetBytes: Number(view.getBigUint64(at + 8, true)),
  };
}

function whyNoTable(view: DataView, what: string, at: number, fileBytes: number): string | null {
  const { offsetBytes, lengthBytes } = placeAt(view, at);
  const end = offsetBytes + lengthBytes;
  if (lengthBytes > 0 && offsetBytes >= WIM_HEAD_BYTES && end <= fileBytes) return null;
  return `its ${what} lies at byte ${offsetBytes} to ${end}, and it has ${fileBytes}: it was cut short or changed`;
}
