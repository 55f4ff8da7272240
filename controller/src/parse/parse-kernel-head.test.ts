import { expect, test } from "vitest";
import { KERNEL_HEAD_BYTES, parseKernelHead } from "./parse-kernel-head.ts";

function kernel(change: (view: DataView) => void = () => {}): Uint8Array {
  const head = new Uint8Array(KERNEL_HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint16(0, 0x5a4d, true);
  view.setUint32(0x202, 0x53726448, true);
  view.setUint16(0x206, 0x20f, true);
  view.setUint16(0x20e, 0x3000, true);
  view.setUint16(0x236, 0x3f, true);
  head.set(new TextEncoder().encode("6.1.0-test (a@b) #1 SMP \u0001rest"), 0x3200);
  change(view);
  return head;
}

test("parseKernelHead() tells version, architecture and EFI stub", () => {
  expect(parseKernelHead(kernel())).toEqual({
    version: "6.1.0-test (a@b) #1 SMP",
    architecture: "x64",
    hasEfiStub: true,
  });
});

test.each<readonly [string, (view: DataView) => void, object]>([
  ["no EFI stub", (view) => view.setUint16(0, 0, true), { hasEfiStub: false }],
  ["32 bits", (view) => view.setUint16(0x236, 0, true), { architecture: "x86" }],
  ["an old protocol", (view) => view.setUint16(0x206, 0x204, true), { architecture: "x86" }],
  ["no version", (view) => view.setUint16(0x20e, 0, true), { version: "" }],
  ["a version behind the end", (view) => view.setUint16(0x20e, 0xffff, true), { version: "" }],
])("parseKernelHead() reads a kernel with %s", (_, change, facts) => {
  expect(parseKernelHead(kernel(change))).toMatchObject(facts);
});

test.each([
  ["nothing", new Uint8Array(0)],
  ["a cut head", kernel().subarray(0, 0x230)],
  ["another magic", kernel((view) => view.setUint32(0x202, 1, true))],
])("parseKernelHead() finds no kernel in %s", (_, head) => {
  expect(parseKernelHead(head)).toBeNull();
});
