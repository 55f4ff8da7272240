/** What a driver is loaded after, by the names that its own file gives. */
export type ModuleNeeds = ReadonlyMap<string, readonly string[]>;

/**
 * The names of the drivers that a driver's file says it needs. Debian's packages bring no list of them: it is made where
 * they are installed.
 *
 * Source: MODULE_INFO of linux/moduleinfo.h: "key=value" strings that end in zero.
 */
export function readNeeds(file: Buffer): readonly string[] {
  const key = Buffer.from("\0depends=");
  const at = file.indexOf(key);
  if (at < 0) return [];
  const from = at + key.length;
  const names = file.toString("latin1", from, file.indexOf(0, from));
  return names.split(",").filter((name) => name !== "");
}

/**
 * The order in which drivers can be loaded: each after all that it needs, none twice.
 *
 * Shape: names with "_" where files may have "-"; what is not in `needs` is part of the kernel and left out.
 */
export function orderModules(wanted: readonly string[], needs: ModuleNeeds): readonly string[] {
  const order = new Set<string>();
  const place = (name: string, above: readonly string[]): void => {
    if (above.includes(name)) throw new Error(`Drivers need each other: ${above.join(", ")}`);
    const own = needs.get(name);
    if (own === undefined || order.has(name)) return;
    for (const needed of own) place(plainName(needed), [...above, name]);
    order.add(name);
  };
  for (const name of wanted) place(plainName(name), []);
  return [...order];
}

/** A file may be called xhci-hcd.ko, and be needed as xhci_hcd. */
export function plainName(name: string): string {
  return name.replaceAll("-", "_");
}
