import { sanitizeText } from "../sanitize-text.ts";
import { carriedBy } from "./carried-by.ts";
import type { DriveFacts } from "./drive.ts";
import type { MachineFacts } from "./why-not-writable.ts";

/** A machine's own disk may carry hundreds of mounts; these are enough to know it by. */
const LISTED_MAX = 16;

/** Who uses a device: the mounts and the devices that lie on it, as they are shown. */
export function describeUse(
  deviceId: string,
  { devices, mounts }: MachineFacts,
): Pick<DriveFacts, "isReadOnly" | "mountPoints" | "holders"> {
  const carried = carriedBy(deviceId, devices);
  const mountPoints = mounts.flatMap((mount) =>
    carried.has(mount.deviceId) ? [mount.mountPoint] : [],
  );
  const holders = devices.flatMap(({ id, name, isPartition }) =>
    id !== deviceId && !isPartition && carried.has(id) ? [name] : [],
  );
  return {
    isReadOnly: devices.find(({ id }) => id === deviceId)?.isReadOnly ?? false,
    mountPoints: listed(mountPoints),
    holders: listed(holders),
  };
}

function listed(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort().slice(0, LISTED_MAX).map(sanitizeText);
}
