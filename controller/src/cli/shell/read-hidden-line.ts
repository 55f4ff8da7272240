import type { Io } from "./io.ts";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

/**
 * A line that a person types unseen, or null when they gave up with Ctrl-C or Ctrl-D. The terminal echoes again when this
 * returns, however it returns.
 *
 * Shape: what comes after the line end stays in the stream for the next reader.
 */
export async function readHiddenLine(io: Io, prompt: string): Promise<string | null> {
  const { stdin, stderr } = io;
  stderr.write(prompt);
  stdin.setRawMode?.(true);
  const stopListening = io.onInterrupt(() => stdin.emit("data", CTRL_C));
  try {
    return await collectLine(stdin);
  } finally {
    stopListening();
    stdin.setRawMode?.(false);
    stderr.write("\n");
  }
}

function collectLine(stdin: Io["stdin"]): Promise<string | null> {
  return new Promise((resolve) => {
    let typed = "";
    const finish = (line: string | null, rest = "") => {
      stdin.off("data", receive);
      stdin.off("end", end);
      // A stream that flows would hand the rest out at once, to nobody.
      stdin.pause();
      if (rest !== "") stdin.unshift(Buffer.from(rest));
      resolve(line);
    };
    const end = () => finish(typed === "" ? null : typed);
    const receive = (chunk: Buffer | string) => {
      const keys = readKeys(typed, chunk.toString());
      typed = keys.typed;
      if (keys.ended === "line") finish(typed, keys.rest);
      if (keys.ended === "given up") finish(null);
    };
    stdin.on("data", receive);
    stdin.on("end", end);
    stdin.resume();
  });
}

type Keys = {
  readonly typed: string;
  readonly ended: "line" | "given up" | null;
  readonly rest: string;
};

/** What was typed after these keys: with deletions done, and without the sequences that arrow keys send. */
export function readKeys(before: string, keys: string): Keys {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys that send escape sequences are what it looks for
  const characters = [...keys.replaceAll(/\u001b(?:\[[0-9;]*[A-Za-z~]|O.|)/g, "")];
  let typed = [...before];
  for (const [index, character] of characters.entries()) {
    const rest = characters
      .slice(index + 1)
      .join("")
      .replace(/^\n/, "");
    if (character === CTRL_C) return { typed: "", ended: "given up", rest: "" };
    if (character === CTRL_D)
      return { typed: typed.join(""), ended: typed.length === 0 ? "given up" : "line", rest };
    if (character === "\r" || character === "\n")
      return { typed: typed.join(""), ended: "line", rest };
    if (character === "\u007f" || character === "\b") typed = typed.slice(0, -1);
    else if (character === "\u0015") typed = [];
    else if (character >= " ") typed.push(character);
  }
  return { typed: typed.join(""), ended: null, rest: "" };
}
