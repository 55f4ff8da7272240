import type { Tx } from "./db.ts";
import { integer } from "./row.ts";

/** The next number of a counter that only grows: `fence` for attempts, `generation` for what agents are told. */
export async function nextNumber(tx: Tx, name: "fence" | "generation"): Promise<number> {
  await tx.run("UPDATE counters SET value = value + 1 WHERE name = ?", [name]);
  return readNumber(tx, name);
}

export async function readNumber(
  tx: Pick<Tx, "all">,
  name: "fence" | "generation",
): Promise<number> {
  const [row] = await tx.all("SELECT value FROM counters WHERE name = ?", [name]);
  return integer(row ?? {}, "value");
}
