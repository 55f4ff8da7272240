import { ok } from "@stickfarm/common/result";
import type { Drive } from "@stickfarm/proto/stickfarm/v1/agent";
import type { DriveView } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { startTestController } from "../test-controller.ts";

const REFUSALS = [
  { code: "drive_in_use", detail: "Cannot erase: it is mounted", remedy: "Unmount it" },
  { code: "drive_read_only", detail: "Cannot erase: it is locked\u202e", remedy: "Look again" },
];
const ASKS = [
  { code: "drive_foreign_content", detail: "Cannot erase: it holds ext4\u202e", remedy: "Think" },
];

const USB_STICK: Drive = {
  driveId: "usb:0951:1666:60A44C413FAE",
  bay: "usb-2-1.3",
  serial: "60A44C413FAE",
  vendor: "Kingston",
  model: "DataTraveler 3.0",
  sizeBytes: 2 ** 33,
  logicalBlockBytes: 512,
  insertion: "5f1c:4",
  transport: "usb",
  refusals: REFUSALS,
  asks: ASKS,
  facts: {
    identity: "weak",
    usb: {
      portPath: "2-1.3",
      lun: 1,
      vendorId: "0951",
      productId: "1666",
      megabitsPerSecond: 5000,
      interfaceClasses: ["08"],
    },
    isReadOnly: true,
    mountPoints: ["/media/a", "/media/b"],
    holders: ["dm-0"],
  },
  contents: {
    state: "seen",
    why: "",
    table: "mbr",
    volumes: [
      { partition: 1, sizeBytes: 2 ** 32, kind: "fat32", label: "HQ BOOT" },
      { partition: 5, sizeBytes: 2 ** 30, kind: "ext4", label: "" },
    ],
    passport: {
      buildId: "01JC0000000000000000000001",
      stickId: "ab",
      mediaName: "hq",
      mediaRevision: 3,
      orderedAtMs: Date.UTC(2026, 10, 22),
      isSealed: true,
    },
  },
};

const OLD: Drive = {
  ...USB_STICK,
  bay: "1",
  serial: "A1",
  refusals: [],
  asks: [],
  facts: undefined,
  contents: undefined,
};

async function serveDrives() {
  const views: readonly DriveView[] = [
    { agent: "ws-1", drive: USB_STICK, state: "refused", jobId: "", label: "" },
    { agent: "ws-1", drive: OLD, state: "busy", jobId: "job-1", label: "left hub 3" },
    { agent: "ws-2", drive: OLD, state: "free", jobId: "", label: "" },
  ];
  const asked: unknown[] = [];
  const controller = await startTestController(onTestFinished, {
    listDrives: ({ agent }) =>
      ok({ drives: views.filter((view) => agent === "" || view.agent === agent) }),
    locateDrive: async function* (request) {
      asked.push(request);
      yield { seconds: request.seconds };
    },
    labelBay: (request) => {
      asked.push(request);
      return ok({});
    },
  });
  return { ...controller, asked };
}

test("drive list tells of each drive in a line, with every reason against it", async () => {
  const { run } = await serveDrives();
  expect((await run(["drive", "list", "--agent", "ws-1"])).stdout).toMatchInlineSnapshot(`
    "AGENT  BAY        LABEL       STATE    SERIAL            SIZE     SPEED  HOLDS         REASONS
    ws-1   usb-2-1.3              refused  60A44C413FAE  8.00 GiB  5 Gbit/s  hq@3, sealed  Cannot erase: it is mounted; Cannot erase: it is locked�; Cannot erase: it holds ext4�
    ws-1   1          left hub 3  busy     A1            8.00 GiB
    "
  `);
});

test("drive show tells all that is known of a drive, and every reason with its remedy", async () => {
  const { run } = await serveDrives();
  expect((await run(["drive", "show", "usb-2-1.3"])).stdout).toMatchInlineSnapshot(`
    "Bay:             ws-1/usb-2-1.3
    State:           refused
    Serial:          60A44C413FAE
    Vendor:          Kingston
    Model:           DataTraveler 3.0
    Size:            8.00 GiB (8589934592 bytes)
    Logical block:   512 bytes
    Drive id:        usb:0951:1666:60A44C413FAE
    Insertion:       5f1c:4
    Transport:       usb
    Identity:        weak: by its port; another drive after each insertion
    USB id:          0951:1666
    USB port:        2-1.3
    USB slot:        1
    USB speed:       5 Gbit/s
    USB interfaces:  08
    Write-protected: yes
    Mounted at:      /media/a, /media/b
    Carries:         dm-0
    Partition table: mbr
    Partition 1:     fat32 HQ BOOT, 4.00 GiB
    Partition 5:     ext4, 1.00 GiB
    Media:           hq@3
    Build:           01JC0000000000000000000001
    Ordered:         2026-11-22T00:00:00Z
    Sealed:          yes

    refused Cannot erase: it is mounted [drive_in_use]
        Unmount it
    refused Cannot erase: it is locked� [drive_read_only]
        Look again
    asked Cannot erase: it holds ext4� [drive_foreign_content]
        Think
    "
  `);
  const { stdout } = await run(["drive", "show", "ws-1/usb-2-1.3", "-o", "json"]);
  expect(JSON.parse(stdout)).toEqual({
    agent: "ws-1",
    drive: USB_STICK,
    state: "refused",
    jobId: "",
    label: "",
  });
});

test("drive show shows what an older agent tells", async () => {
  const { run } = await serveDrives();
  expect((await run(["drive", "show", "ws-1/1"])).stdout).toMatchInlineSnapshot(`
    "Bay:           ws-1/1
    Label:         left hub 3
    State:         busy, job job-1
    Serial:        A1
    Vendor:        Kingston
    Model:         DataTraveler 3.0
    Size:          8.00 GiB (8589934592 bytes)
    Logical block: 512 bytes
    Drive id:      usb:0951:1666:60A44C413FAE
    Insertion:     5f1c:4
    Transport:     usb
    "
  `);
});

test.each([
  ["1", "usage", 2],
  ["ws-1/9", "drive_unknown", 3],
  ["ws-1/", "usage", 2],
])("drive show %s ends with %s", async (bay, code, exit) => {
  const { run } = await serveDrives();
  const { status, stderr } = await run(["drive", "show", bay, "-o", "json"]);
  expect(JSON.parse(stderr)).toMatchObject({ code });
  expect(status).toBe(exit);
});

test("drive label names the bay as the agent does, however it was named", async () => {
  const { run, asked } = await serveDrives();
  for (const bay of ["ws-1/1", "left hub 3", "ws-1/left hub 3"])
    expect((await run(["drive", "label", bay, "right"])).stdout).toBe('ws-1/1 is "right"\n');
  expect((await run(["drive", "label", "ws-1/gone", ""])).stdout).toBe("ws-1/gone has no label\n");
  const right = { agent: "ws-1", bay: "1", label: "right" };
  expect(asked).toEqual([right, right, right, { agent: "ws-1", bay: "gone", label: "" }]);
  expect((await run(["drive", "label", "ws-1/gone", "right"])).status).toBe(3);
  const { stdout } = await run(["drive", "label", "ws-1/1", "right", "-o", "json"]);
  expect(JSON.parse(stdout)).toEqual(right);
});

test("drive locate tells which stick blinks, and for how long", async () => {
  const { run, asked } = await serveDrives();
  const { status, stderr } = await run(["drive", "locate", "left hub 3", "--seconds", "7"]);
  expect([status, stderr]).toEqual([0, "ws-1/1 blinks for 7 s: stick A1\n"]);
  expect(asked).toEqual([{ agent: "ws-1", bay: "1", seconds: 7 }]);
  expect((await run(["drive", "locate", "ws-1/1", "--seconds", "long"])).status).toBe(2);
});
