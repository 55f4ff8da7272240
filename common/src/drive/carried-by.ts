/** Ids of the device itself and of all that lie on it, directly or through other devices. */
export function carriedBy(deviceId: string, devices: readonly Stacked[]): ReadonlySet<string> {
  const carried = new Set([deviceId]);
  for (let before = 0; before < carried.size; ) {
    before = carried.size;
    for (const { id, below } of devices) {
      if (below.some((lower) => carried.has(lower))) carried.add(id);
    }
  }
  return carried;
}

type Stacked = { readonly id: string; readonly below: readonly string[] };
