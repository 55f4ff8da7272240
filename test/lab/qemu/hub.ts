import { waitFor } from "../../support/wait-for.ts";
import { FAST, type Speed } from "./plan-round.ts";
import type { Monitor } from "./qmp.ts";
import type { Stick } from "./stick.ts";

/** What fails of a stick, for good: any request that touches this place. */
export type MediumFault = { readonly kind: "read" | "write"; readonly atBytes: number };

export type PlugOptions = {
  /** From 1. */
  readonly port: number;
  readonly speed?: Speed;
  readonly faults?: readonly MediumFault[];
};

/** A stick in a port of the machine. */
export type PluggedStick = {
  readonly stick: Stick;
  readonly setSpeed: (speed: Speed) => Promise<void>;
  /** Without a word, in the middle of whatever is done to it. Afterwards its file is nobody's. */
  readonly pull: () => Promise<void>;
};

/** The ports of a machine. */
export type Hub = {
  readonly plug: (stick: Stick, options: PlugOptions) => Promise<PluggedStick>;
};

const EIO = 5;
const SECTOR_BYTES = 512;

export function openHub(monitor: Monitor): Hub {
  let plugged = 0;
  return {
    plug: (stick, options) => {
      plugged += 1;
      return plugStick(monitor, stick, { ...options, id: `${stick.name}-${plugged}` });
    },
  };
}

async function plugStick(
  { call, deleted }: Monitor,
  stick: Stick,
  { port, speed = FAST, faults = [], id }: PlugOptions & { readonly id: string },
): Promise<PluggedStick> {
  const [throttle, node] = [`pace-${id}`, `medium-${id}`];
  await call("object-add", {
    "qom-type": "throttle-group",
    id: throttle,
    limits: limitsOf(speed),
  });
  await call("blockdev-add", {
    driver: "throttle",
    "throttle-group": throttle,
    "node-name": node,
    // Seen by others on this machine at once; a disk of this machine need not be waited for.
    cache: { direct: false, "no-flush": true },
    file: mediumOf(stick.file, faults),
  });
  const device = { drive: node, serial: stick.serial, port: String(port) };
  await call("device_add", { driver: "usb-storage", id, bus: "usb.0", removable: true, ...device });
  return {
    stick,
    setSpeed: async (now) => {
      const property = { path: `/objects/${throttle}`, property: "limits", value: limitsOf(now) };
      await call("qom-set", property);
    },
    pull: async () => {
      const gone = deleted(id);
      await call("device_del", { id });
      await gone;
      // Requests that wait for a slow stick go first.
      await call("qom-set", {
        path: `/objects/${throttle}`,
        property: "limits",
        value: limitsOf(FAST),
      });
      await waitFor(`the end of ${node}`, () =>
        call("blockdev-del", { "node-name": node }).then(() => true),
      );
      await call("object-del", { id: throttle });
    },
  };
}

function limitsOf({ writeBytes, readBytes }: Speed): Record<string, number> {
  return { "bps-write": writeBytes, "bps-read": readBytes };
}

/** Source: QEMU's qapi/block-core.json, BlkdebugInjectErrorOptions: the event "none" is when the node is made. */
function mediumOf(file: string, faults: readonly MediumFault[]): Record<string, unknown> {
  const raw = { driver: "raw", file: { driver: "file", filename: file } };
  if (faults.length === 0) return raw;
  const errors = faults.map(({ kind, atBytes }) => ({
    event: "none",
    iotype: kind,
    errno: EIO,
    sector: atBytes / SECTOR_BYTES,
  }));
  return { driver: "blkdebug", image: raw, "inject-error": errors };
}
