import { setTimeout as sleep } from "node:timers/promises";

export type WaitLimits = {
  /** Milliseconds; 20 s unless told. */
  readonly limitMs?: number;
  /** Milliseconds between two looks; 50 unless told. */
  readonly everyMs?: number;
};

/**
 * Look until a fact is there, and give it back. `look` returns `undefined` (or `false`) as long as it is not; when it
 * throws, that is what was seen. At the limit the error tells the fact and what was seen last: `seen` may describe it.
 */
export async function waitFor<Fact>(
  fact: string,
  look: () => Promise<Fact | undefined | false> | Fact | undefined | false,
  { limitMs = 20_000, everyMs = 50, seen }: WaitLimits & { readonly seen?: () => unknown } = {},
): Promise<Fact> {
  const untilMs = performance.now() + limitMs;
  for (;;) {
    const found = await attempt(look);
    if (found.kind === "there") return found.fact;
    if (performance.now() >= untilMs) {
      const last = render(seen === undefined ? found.seen : seen());
      throw new Error(`Waited ${limitMs} ms for: ${fact}; seen last: ${last}`, {
        cause: found.seen,
      });
    }
    await sleep(everyMs);
  }
}

type Look<Fact> =
  | { readonly kind: "there"; readonly fact: Fact }
  | { readonly kind: "absent"; readonly seen: unknown };

async function attempt<Fact>(
  look: () => Promise<Fact | undefined | false> | Fact | undefined | false,
): Promise<Look<Fact>> {
  try {
    const fact = await look();
    return fact === undefined || fact === false
      ? { kind: "absent", seen: fact }
      : { kind: "there", fact };
  } catch (error) {
    return { kind: "absent", seen: error };
  }
}

function render(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
}
