import { BootImageDetails as WireDetails } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, test } from "vitest";
import type { BootImageDetails } from "../media/boot-image-facts.ts";
import { detailsFromWire, detailsToWire } from "./boot-image-details.ts";

const SIGNATURE = { signer: "Somebody", authority: "Somebody's CA", coversFile: true };
const DETAILS: BootImageDetails = {
  loaders: [
    { path: "EFI/BOOT/BOOTX64.EFI", architecture: "x64", signatures: [SIGNATURE] },
    { path: "EFI/BOOT/odd.efi", architecture: null, signatures: [] },
  ],
  kernels: [
    {
      path: "vmlinuz",
      version: "6.1.0",
      architecture: "x64",
      hasEfiStub: true,
      signatures: [SIGNATURE],
    },
  ],
  windowsImages: [
    {
      path: "sources/boot.wim",
      bootIndex: 1,
      images: [
        { index: 1, name: "PE", architecture: "x64", version: "10.0.26100.1", totalBytes: 2 ** 33 },
        { index: 2, name: "", architecture: null, version: "", totalBytes: 0 },
      ],
    },
  ],
  drivers: { declared: ["net"], found: ["storage"] },
};

test.each<BootImageDetails | null>([
  DETAILS,
  { ...DETAILS, drivers: { declared: [], found: null } },
  { ...DETAILS, drivers: { declared: [], found: [] } },
])("detailsFromWire() gives back what detailsToWire() sent: %j", (details) => {
  const wire = detailsToWire(details);
  const bytes = WireDetails.encode(wire ?? WireDetails.create()).finish();
  expect(detailsFromWire(WireDetails.decode(bytes))).toEqual(details);
});

test("detailsFromWire() keeps nothing as nothing, which is what an older version read", () => {
  expect(detailsToWire(null)).toBeUndefined();
  expect(detailsFromWire(undefined)).toBeNull();
});

test.each([
  { drivers: { declared: ["graphics"] } },
  { drivers: { found: ["graphics"], isFoundKnown: true } },
  { loaders: [{ path: "a.efi", architecture: "mips" }] },
  { kernels: [{ path: "linux", architecture: "" }] },
  { windowsImages: [{ path: "boot.wim", images: [{ index: 1, architecture: "itanium" }] }] },
])("detailsFromWire() knows nothing of %j", (details) => {
  expect(detailsFromWire(WireDetails.fromPartial(details))).toBe("unknown");
});
