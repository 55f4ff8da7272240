import { CONSOLE_CHARACTERS_MAX } from "@stickfarm/common/media/boot-proof";

/** A pattern is looked for in the new text and at least so much before it. */
const WINDOW_CHARACTERS = 8 * 1024;

/** What was on a serial console, without what steers a terminal; the newest part of it when there was much. */
export type ConsoleText = {
  /** Nothing new can be in it. */
  readonly older: string;
  /** The end, in which something new can be. */
  readonly window: string;
};

export const NO_TEXT: ConsoleText = { older: "", window: "" };

/** A sequence that is cut in two by the pipe stays until its rest has come. */
export function addBytes({ older, window }: ConsoleText, bytes: Uint8Array): ConsoleText {
  const text = withoutControls(window + Buffer.from(bytes).toString("latin1"));
  if (text.length <= 2 * WINDOW_CHARACTERS) return { older, window: text };
  const all = older + text.slice(0, -WINDOW_CHARACTERS);
  return { older: all.slice(-CONSOLE_CHARACTERS_MAX), window: text.slice(-WINDOW_CHARACTERS) };
}

export function wholeText({ older, window }: ConsoleText): string {
  return (older + window).slice(-CONSOLE_CHARACTERS_MAX);
}

/** Source: ECMA-48, control sequences; a console also sends NUL to fill time. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a console's control characters are what goes
  return text.replace(/\u001b\[[0-9;?=]*[a-zA-Z]|[\u0000\r]/g, "");
}
