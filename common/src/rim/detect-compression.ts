import type { Compression } from "../media/manifest.ts";

/** So many bytes of a file's beginning tell its format. */
export const HEAD_BYTES = 512;

type Magic = readonly [name: string, offsetBytes: number, bytes: string];

const COMPRESSED: readonly (readonly [Compression, RegExp])[] = [
  ["gzip", /^1f8b08/],
  ["xz", /^fd377a585a00/],
  ["zstd", /^28b52ffd/],
  // Written by pzstd: frames that are to be skipped come first.
  ["zstd", /^5.2a4d18/],
  ["bzip2", /^425a683[1-9](314159265359|177245385090)/],
  ["zip", /^504b(0304|0506|0708)/],
];

/**
 * Files that people take for disk images. Written as they are they make a stick that verifies and does nothing, as a
 * tool that did not know zstd once did for its users.
 */
const FOREIGN: readonly Magic[] = [
  ["a 7-Zip archive", 0, "377abcaf271c"],
  ["a RAR archive", 0, "526172211a07"],
  ["an lz4 file", 0, "04224d18"],
  ["an lzip file", 0, "4c5a4950"],
  ["an lzop file", 0, "894c5a4f"],
  ["an old .lzma file", 0, "5d00008000ffffffff"],
  ["a tar archive", 257, "7573746172"],
  ["a QEMU disk (qcow2)", 0, "514649fb"],
  ["a Hyper-V disk (VHDX)", 0, "7668647866696c65"],
  ["a Hyper-V disk (VHD)", 0, "636f6e6563746978"],
  ["a VMware disk (VMDK)", 0, "4b444d56"],
  ["a Windows image (WIM)", 0, "4d5357494d000000"],
  ["an Android sparse image", 0, "3aff26ed"],
  ["an ELF program", 0, "7f454c46"],
  ["a PDF document", 0, "25504446"],
  ["an HTML page", 0, "3c21444f4354595045"],
  ["an HTML page", 0, "3c21646f6374797065"],
  ["an HTML page", 0, "3c68746d6c"],
];

/** How a file is compressed, from its first bytes; its name is not asked. "none" for everything else. */
export function detectCompression(head: Uint8Array): Compression {
  const start = hexAt(head, 0, 16);
  return COMPRESSED.find(([, magic]) => magic.test(start))?.[0] ?? "none";
}

/** What the file is when it is plainly neither a raw disk image nor a compressed one, such as "a 7-Zip archive". */
export function detectForeignFormat(head: Uint8Array): string | null {
  const found = FOREIGN.find(
    ([, offset, bytes]) => hexAt(head, offset, bytes.length / 2) === bytes,
  );
  return found?.[0] ?? null;
}

function hexAt(head: Uint8Array, offsetBytes: number, lengthBytes: number): string {
  return Buffer.from(head.subarray(offsetBytes, offsetBytes + lengthBytes)).toString("hex");
}
