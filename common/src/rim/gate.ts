/** Lets file operations through one at a time, and waits for none longer than it may take. */
export type Gate = {
  /**
   * The answer of an operation, when its turn has come. What takes too long is given up, with an error; the gate stays
   * shut until it has ended all the same, and an answer that nobody waits for any more goes to `discard`.
   */
  readonly pass: <Value>(
    operation: () => Promise<Value>,
    discard?: (late: Value) => Promise<void>,
  ) => Promise<Value>;
};

/**
 * For shares that hang: an operation in the kernel cannot be stopped, and Node has four threads for all of them. One that
 * hangs holds one thread, whoever else asks.
 */
export function openGate(waitMaxMs: number): Gate {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    pass: (operation, discard = async () => undefined) =>
      new Promise((resolve, reject) => {
        let isGivenUp = false;
        const timer = setTimeout(() => {
          isGivenUp = true;
          reject(new Error(`no answer came for ${waitMaxMs} ms`));
        }, waitMaxMs);
        const run = async (): Promise<void> => {
          // Whoever gave up in the queue asks nothing any more.
          if (isGivenUp) return;
          try {
            const value = await operation();
            if (isGivenUp) await discard(value);
            else resolve(value);
          } catch (error) {
            reject(error);
          } finally {
            clearTimeout(timer);
          }
        };
        tail = tail.then(run);
      }),
  };
}
