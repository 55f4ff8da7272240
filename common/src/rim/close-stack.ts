import type { Result } from "../result.ts";

/** What has been opened so far, to be closed in reverse order. Node 20 has no AsyncDisposableStack. */
export class CloseStack {
  readonly #closers: (() => Promise<unknown>)[] = [];

  defer(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  /** Closes everything, also what comes after a failure, which is then thrown. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0).reverse()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Open several things after each other: when one fails, those before it are closed again. */
export async function openInOrder<Value>(
  open: (stack: CloseStack) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const stack = new CloseStack();
  try {
    const opened = await open(stack);
    if (!opened.ok) await stack.close();
    return opened;
  } catch (error) {
    await stack.close();
    throw error;
  }
}
