/**
 * xxHash64 at memory speed, in the same memory that the device reads into.
 *
 * A WebAssembly memory is page-aligned, which O_DIRECT demands and no other buffer of Node promises, so one memory serves
 * as I/O buffer and as the hash's input: 4.7 to 5.6 GB/s on a core of 2.5 GHz, where copying alone costs as much again.
 */
import { invariant } from "@stickfarm/common/invariant";
import { XXH64_WASM } from "./xxh64-wasm.ts";

export type Xxh64 = {
  /** Page-aligned, never moved or grown. Offsets below are into it. */
  readonly memory: Buffer;
  /** Forget the hash in progress and begin another. There is one at a time. */
  readonly begin: () => void;
  /** `lengthBytes` is a multiple of 32. */
  readonly update: (at: number, lengthBytes: number) => void;
  /** The last bytes, perhaps none, and the hash of all since `begin`. */
  readonly finish: (at: number, lengthBytes: number) => bigint;
  /** The hash of one range; ends a hash in progress. */
  readonly hash: (at: number, lengthBytes: number) => bigint;
  readonly isZero: (at: number, lengthBytes: number) => boolean;
};

/** The part of the WebAssembly interface that is used here; @types/node declares none of it. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports };
};

type Exports = {
  readonly begin: () => void;
  readonly update: (at: number, lengthBytes: number) => void;
  readonly finish: (at: number, lengthBytes: number) => bigint;
  readonly isZero: (at: number, lengthBytes: number) => number;
};

const PAGE_BYTES = 64 * 1024;

/**
 * Take memory and the functions that work in it.
 *
 * Units: bytes; `memoryBytes` is rounded up to 64 KiB. Pages cost nothing until they are touched.
 */
export function openXxh64(memoryBytes: number): Xxh64 {
  const pages = Math.ceil(memoryBytes / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const module = new WebAssembly.Module(Buffer.from(XXH64_WASM, "base64"));
  const { begin, update, finish, isZero } = new WebAssembly.Instance(module, { io: { memory } })
    .exports;
  const end = (at: number, lengthBytes: number): bigint =>
    BigInt.asUintN(64, finish(at, lengthBytes));
  return {
    memory: Buffer.from(memory.buffer),
    begin,
    update: (at, lengthBytes) => {
      invariant(lengthBytes % 32 === 0, "all but the last bytes are hashed in stripes of 32");
      update(at, lengthBytes);
    },
    finish: end,
    hash: (at, lengthBytes) => {
      begin();
      return end(at, lengthBytes);
    },
    isZero: (at, lengthBytes) => isZero(at, lengthBytes) === 1,
  };
}
