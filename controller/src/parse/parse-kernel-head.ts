import type { Architecture } from "@stickfarm/common/media/architecture";

/** Source: Linux, Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header". */
export type KernelHead = {
  /** As `file` shows it: "6.1.0-56-cloud-amd64 (...) #1 SMP ..."; empty when there is none. */
  readonly version: string;
  readonly architecture: Architecture;
  readonly hasEfiStub: boolean;
};

/** The version's text lies at most 0xffff + 0x200 from the beginning. */
export const KERNEL_HEAD_BYTES = 68 * 1024;

const MAGIC_OFFSET = 0x202;
const MAGIC = 0x53726448;
const PROTOCOL_OFFSET = 0x206;
const VERSION_OFFSET = 0x20e;
const FLAGS_OFFSET = 0x236;
/** From here on `xloadflags` is there. */
const PROTOCOL_WITH_FLAGS = 0x20c;
const FLAG_64_BIT = 1;
const VERSION_MAX = 256;

/** `null`: it is no Linux kernel for x86 or x64. */
export function parseKernelHead(head: Uint8Array): KernelHead | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.length < FLAGS_OFFSET + 2 || view.getUint32(MAGIC_OFFSET, true) !== MAGIC) return null;
  const hasFlags = view.getUint16(PROTOCOL_OFFSET, true) >= PROTOCOL_WITH_FLAGS;
  const flags = hasFlags ? view.getUint16(FLAGS_OFFSET, true) : 0;
  const versionAt = view.getUint16(VERSION_OFFSET, true);
  return {
    version: versionAt === 0 ? "" : textAt(head, versionAt + 0x200),
    architecture: flags & FLAG_64_BIT ? "x64" : "x86",
    hasEfiStub: head[0] === 0x4d && head[1] === 0x5a,
  };
}

/** Up to the first byte that is no printable ASCII. */
function textAt(head: Uint8Array, offset: number): string {
  const bytes = head.subarray(offset, offset + VERSION_MAX);
  const end = bytes.findIndex((byte) => byte < 0x20 || byte > 0x7e);
  return String.fromCharCode(...bytes.subarray(0, end === -1 ? bytes.length : end)).trim();
}
