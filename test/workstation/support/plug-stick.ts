import { randomBytes } from "node:crypto";
import {
  mkdir,
  open,
  readdir,
  readlink,
  rmdir,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { onTestFinished } from "vitest";
import { waitFor } from "../../support/wait-for.ts";

/** A USB stick of this workstation: a gadget behind one of its ports, which the kernel drives like any other. */
export type Stick = {
  /** Its content, as the medium holds it. */
  readonly file: string;
  /** As the agent names its place. */
  readonly bay: string;
  /** Its node now. */
  readonly device: () => Promise<string>;
  readonly unplug: () => Promise<void>;
  readonly plugIn: () => Promise<void>;
  /** Take the medium out; the reader stays. */
  readonly eject: () => Promise<void>;
};

export type StickSpec = {
  /** From 0. */
  readonly port: number;
  /** A file or a device; a file is made. */
  readonly file: string;
  readonly sizeBytes?: number;
  /** One that no other stick has, unless told. */
  readonly serial?: string;
  readonly isReadOnly?: boolean;
};

const GADGETS = "/sys/kernel/config/usb_gadget";
const SYNC = "/sys/module/usb_f_mass_storage/parameters/lun_sync";

/** Plug a new stick in and wait until it is there. */
export async function plugStick(spec: StickSpec): Promise<Stick> {
  const { port, file, sizeBytes = 64 * MIB } = spec;
  if (!file.startsWith("/dev/")) await makeOldStick(file, sizeBytes);
  // What is written is on the medium before the write is over, so that faults show where they are.
  await writeFile(SYNC, "1");
  const gadget = join(GADGETS, `stick${port}`);
  await describe(gadget, spec);
  const control = join(gadget, "UDC");
  onTestFinished(() => takeApart(gadget));
  const device = (): Promise<string> =>
    waitFor(`the node of stick ${port}`, () => findNode(port), { limitMs: 20_000, everyMs: 50 });
  const plugIn = async (): Promise<void> => {
    await writeFile(control, `dummy_udc.${port}`);
    await device();
  };
  await plugIn();
  return {
    file,
    bay: `usb-${port + 1}-1`,
    device,
    plugIn,
    unplug: () => writeFile(control, "\n"),
    eject: () => writeFile(join(gadget, "functions/mass_storage.0/lun.0/forced_eject"), "1"),
  };
}

/** Sticks come with old data on them. */
async function makeOldStick(file: string, sizeBytes: number): Promise<void> {
  const handle = await open(file, "w");
  try {
    await handle.truncate(sizeBytes);
    await handle.write(Buffer.alloc(2 * MIB, 0xa5), 0, 2 * MIB, 0);
  } finally {
    await handle.close();
  }
}

async function describe(gadget: string, spec: StickSpec): Promise<void> {
  const { file, serial = randomBytes(6).toString("hex").toUpperCase() } = spec;
  const strings = join(gadget, "strings/0x409");
  const config = join(gadget, "configs/c.1");
  const lun = join(gadget, "functions/mass_storage.0/lun.0");
  for (const folder of [strings, join(config, "strings/0x409"), join(lun, "..")]) {
    await mkdir(folder, { recursive: true });
  }
  const values: readonly (readonly [path: string, text: string])[] = [
    [join(gadget, "idVendor"), "0x0951"],
    [join(gadget, "idProduct"), "0x1666"],
    [join(strings, "manufacturer"), "Kingston"],
    [join(strings, "product"), "DataTraveler 3.0"],
    [join(strings, "serialnumber"), serial],
    [join(lun, "removable"), "1"],
    [join(lun, "ro"), spec.isReadOnly === true ? "1" : "0"],
    [join(lun, "inquiry_string"), "Kingston DataTraveler 3.0 1.00"],
    [join(lun, "file"), file],
  ];
  for (const [path, text] of values) await writeFile(path, text);
  await symlink(join(lun, ".."), join(config, "mass_storage.0"));
}

async function takeApart(gadget: string): Promise<void> {
  // It may be unplugged.
  await writeFile(join(gadget, "UDC"), "\n").catch(() => undefined);
  await unlink(join(gadget, "configs/c.1/mass_storage.0"));
  const folders = ["configs/c.1/strings/0x409", "configs/c.1", "functions/mass_storage.0"];
  for (const folder of [...folders, "strings/0x409", ""]) await rmdir(join(gadget, folder));
}

/** The disk that hangs on this port's controller. */
async function findNode(port: number): Promise<string | undefined> {
  for (const name of await readdir("/sys/block")) {
    const place = await readlink(join("/sys/block", name));
    if (name.startsWith("sd") && place.includes(`/dummy_hcd.${port}/`)) return `/dev/${name}`;
  }
  return undefined;
}
