import type { Architecture } from "@stickfarm/common/media/architecture";
import type { ByteRange } from "@stickfarm/common/media/manifest";

/**
 * What the beginning of an EFI program says: for which processor it is, and where its signatures lie. Only the header is
 * looked at; no offset in it is believed before it was compared with the file's size.
 *
 * Source: Microsoft PE Format, "Optional Header", "The Attribute Certificate Table"; Windows Authenticode Portable
 *         Executable Signature Format, "Calculating the PE Image Hash".
 */
export type PeHead = {
  /** `null`: a processor that no boot image is for. */
  readonly architecture: Architecture | null;
  /** All bytes but the signatures and the two fields that change when one is added, in order. */
  readonly signedRanges: readonly ByteRange[];
  /** Empty when it is not signed. */
  readonly certificates: ByteRange;
};

/** DOS stub and headers of the loaders of Microsoft, GRUB, shim and Linux are shorter. */
export const PE_HEAD_BYTES = 4096;
/** Two signatures with their chains have 20 KiB. */
export const CERTIFICATES_MAX_BYTES = 1024 * 1024;

const MACHINES: Readonly<Record<number, Architecture>> = {
  332: "x86",
  34404: "x64",
  43620: "arm64",
};
const MAGIC_PE32 = 0x10b;
const MAGIC_PE32_PLUS = 0x20b;
/** Of the optional header. */
const CHECKSUM_OFFSET = 64;
const DIRECTORIES_OFFSET = { [MAGIC_PE32]: 96, [MAGIC_PE32_PLUS]: 112 } as const;
const DIRECTORY_BYTES = 8;
const CERTIFICATE_DIRECTORY = 4;

/** `null`: it is no PE program; a text: it is one, and this is wrong with it. */
export function parsePeHead(head: Uint8Array, fileBytes: number): PeHead | null | string {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const pe = peOffset(view);
  if (pe === null) return null;
  const magic = view.getUint16(pe + 24, true);
  if (magic !== MAGIC_PE32 && magic !== MAGIC_PE32_PLUS) return "it has an unknown optional header";
  const architecture = MACHINES[view.getUint16(pe + 4, true)] ?? null;
  const checksum = pe + 24 + CHECKSUM_OFFSET;
  const directories = pe + 24 + DIRECTORIES_OFFSET[magic];
  const entry = directories + CERTIFICATE_DIRECTORY * DIRECTORY_BYTES;
  if (entry + DIRECTORY_BYTES > head.length) return "its header is cut short";
  const hasEntry = view.getUint32(directories - 4, true) > CERTIFICATE_DIRECTORY;
  const offsetBytes = hasEntry ? view.getUint32(entry, true) : 0;
  const lengthBytes = hasEntry ? view.getUint32(entry + 4, true) : 0;
  if (lengthBytes === 0) {
    const all = { offsetBytes: 0, lengthBytes: fileBytes };
    return { architecture, signedRanges: [all], certificates: { offsetBytes: 0, lengthBytes: 0 } };
  }
  const end = offsetBytes + lengthBytes;
  if (
    offsetBytes < entry + DIRECTORY_BYTES ||
    end > fileBytes ||
    lengthBytes > CERTIFICATES_MAX_BYTES
  )
    return `its signatures lie at byte ${offsetBytes} to ${end}, and it has ${fileBytes}: it was cut short or changed`;
  const signedRanges = [
    rangeOf(0, checksum),
    rangeOf(checksum + 4, entry),
    rangeOf(entry + DIRECTORY_BYTES, offsetBytes),
    rangeOf(end, fileBytes),
  ];
  return { architecture, signedRanges, certificates: { offsetBytes, lengthBytes } };
}

function peOffset(view: DataView): number | null {
  if (view.byteLength < 64 || view.getUint16(0, true) !== 0x5a4d) return null;
  const offset = view.getUint32(0x3c, true);
  // 24 bytes of signature and COFF header, and the optional header up to its magic.
  if (offset + 26 > view.byteLength || view.getUint32(offset, true) !== 0x4550) return null;
  return offset;
}

function rangeOf(startByte: number, endByte: number): ByteRange {
  return { offsetBytes: startByte, lengthBytes: endByte - startByte };
}

const REVISION_2 = 0x200;
const PKCS_SIGNED_DATA = 2;

/** The PKCS #7 structures in a certificate table; entries of other kinds are left out. */
export function listPkcs7(table: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const found: Uint8Array[] = [];
  let offset = 0;
  while (offset + 8 < table.length) {
    const entryBytes = view.getUint32(offset, true);
    if (entryBytes <= 8 || offset + entryBytes > table.length) break;
    const isPkcs7 =
      view.getUint16(offset + 4, true) === REVISION_2 &&
      view.getUint16(offset + 6, true) === PKCS_SIGNED_DATA;
    if (isPkcs7) found.push(table.subarray(offset + 8, offset + entryBytes));
    offset += Math.ceil(entryBytes / 8) * 8;
  }
  return found;
}
