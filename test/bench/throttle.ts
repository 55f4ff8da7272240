import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deviceIdOf } from "@stickfarm/agent/drive/read-machine";
import type { Scratch } from "./scratch.ts";

/** Bytes a second. */
export type Speed = { readonly write: number; readonly read: number };

/** A control group that this process and all that it starts are in, and that slows block devices down. */
export type Throttle = {
  readonly limit: (device: string, speed: Speed) => void;
  /** This process goes back to where it was. */
  readonly close: () => void;
};

/** The kernel's two ways of saying it. Source: cgroup-v1/blkio-controller.rst and cgroup-v2.rst, "io.max". */
type Hierarchy = {
  readonly root: string;
  /** The line of /proc/self/cgroup that tells where this process is in it. */
  readonly line: RegExp;
  readonly rules: (deviceId: string, speed: Speed) => readonly (readonly [string, string])[];
};

const V1: Hierarchy = {
  root: "/sys/fs/cgroup/blkio",
  line: /^\d+:(?:[^:]*,)?blkio(?:,[^:]*)?:(.*)$/m,
  rules: (deviceId, { write, read }) => [
    ["blkio.throttle.write_bps_device", `${deviceId} ${write}`],
    ["blkio.throttle.read_bps_device", `${deviceId} ${read}`],
  ],
};

const V2: Hierarchy = {
  root: "/sys/fs/cgroup",
  line: /^0::(.*)$/m,
  rules: (deviceId, { write, read }) => [["io.max", `${deviceId} wbps=${write} rbps=${read}`]],
};

/** Why drives cannot be slowed down here; `null` when they can. */
export function whyNotThrottle(): string | null {
  if (process.getuid?.() !== 0) return "control groups need root";
  return findHierarchy() === null ? "no control group of this kernel limits block devices" : null;
}

export function openThrottle({ undo }: Pick<Scratch, "undo">): Throttle {
  const hierarchy = findHierarchy();
  if (hierarchy === null) throw new Error("whyNotThrottle() is asked first");
  const { root, line, rules } = hierarchy;
  const home = line.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/";
  if (hierarchy === V2) writeFileSync(join(root, "cgroup.subtree_control"), "+io");
  const folder = join(root, `stickfarm-bench-${process.pid}`);
  mkdirSync(folder);
  const moveTo = (group: string): void =>
    writeFileSync(join(group, "cgroup.procs"), String(process.pid));
  moveTo(folder);
  const close = (): void => {
    if (!undo.delete(close)) return;
    moveTo(join(root, home));
    try {
      rmdirSync(folder);
    } catch {
      // A child that is about to end is still in it: an empty group stays, which limits nobody.
    }
  };
  undo.add(close);
  return {
    limit: (device, speed) => {
      const deviceId = deviceIdOf(BigInt(statSync(device).rdev));
      for (const [file, rule] of rules(deviceId, speed)) writeFileSync(join(folder, file), rule);
    },
    close,
  };
}

function findHierarchy(): Hierarchy | null {
  if (existsSync(join(V1.root, "blkio.throttle.write_bps_device"))) return V1;
  const controllers = join(V2.root, "cgroup.controllers");
  if (!existsSync(controllers)) return null;
  return readFileSync(controllers, "utf8").split(/\s+/).includes("io") ? V2 : null;
}
