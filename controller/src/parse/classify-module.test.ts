import { expect, test } from "vitest";
import { classifyModule, isModule } from "./classify-module.ts";

test.each([
  ["lib/modules/6.1/kernel/drivers/net/ethernet/intel/e1000/e1000.ko", "net"],
  ["usr/lib/modules/6.1/kernel/drivers/net/virtio_net.ko.xz", "net"],
  ["kernel/drivers/nvme/host/nvme.ko.zst", "storage"],
  ["drivers/ata/ahci.ko.gz", "storage"],
  ["kernel/drivers/usb/storage/uas.ko", "storage"],
  ["kernel/drivers/scsi/megaraid/megaraid_sas.ko", "storage"],
  ["kernel/drivers/scsi/sd_mod.ko", null],
  ["kernel/drivers/block/loop.ko", null],
  ["kernel/drivers/net/dummy.ko", null],
  ["kernel/drivers/net/phy/realtek.ko", null],
  ["kernel/drivers/gpu/drm/i915/i915.ko", null],
  ["kernel/fs/ext4/ext4.ko", null],
  ["kernel/drivers/net/readme.txt", null],
])("classifyModule() of %s is %s", (path, driverClass) => {
  expect(classifyModule(path)).toBe(driverClass);
});

test("isModule() goes by the name's end", () => {
  expect(["a.ko", "a.ko.xz", "a.ko.gz", "a.ko.zst"].every(isModule)).toBe(true);
  expect(["a.so", "a.ko.txt", "ko", "modules.builtin"].some(isModule)).toBe(false);
});
