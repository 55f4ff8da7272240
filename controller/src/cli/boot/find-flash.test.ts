import { expect, test } from "vitest";
import { findFlash } from "./find-flash.ts";

test("findFlash() needs nothing for BIOS", async () => {
  expect(await findFlash("bios", async () => false)).toEqual({ ok: true, value: null });
});

test("findFlash() takes only a pair that is complete", async () => {
  const isThere = async (path: string) =>
    !path.startsWith("/usr/share/OVMF/") || path.endsWith("OVMF_CODE_4M.fd");
  expect(await findFlash("uefi", isThere)).toEqual({
    ok: true,
    value: {
      code: "/usr/share/edk2/ovmf/OVMF_CODE.fd",
      variables: "/usr/share/edk2/ovmf/OVMF_VARS.fd",
    },
  });
});

test.each(["uefi", "secureboot"] as const)(
  "findFlash() names the package for %s",
  async (firmware) => {
    expect(await findFlash(firmware, async () => false)).toMatchObject({
      problem: { code: "tool_missing", detail: expect.stringContaining("apt-get install ovmf") },
    });
  },
);
