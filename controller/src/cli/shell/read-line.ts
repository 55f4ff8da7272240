import { createInterface } from "node:readline/promises";
import type { Io } from "./io.ts";

/** A line that a person types after the prompt, or null when they gave up with Ctrl-C or Ctrl-D. */
export async function readLine({ stdin, stderr }: Io, prompt: string): Promise<string | null> {
  const lines = createInterface({ input: stdin, output: stderr, terminal: stdin.isTTY === true });
  try {
    return await new Promise((resolve) => {
      lines.once("SIGINT", () => resolve(null));
      lines.once("close", () => resolve(null));
      lines.once("line", resolve);
      lines.setPrompt(prompt);
      lines.prompt();
    });
  } finally {
    lines.close();
  }
}
