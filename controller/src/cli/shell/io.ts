import type { Readable } from "node:stream";
import type { SecretMask } from "@stickfarm/common/rim/secret-mask";

/** All that a command sees of its process. Tests hand in their own; nothing below `main.ts` touches `process`. */
export type Io = {
  readonly stdin: InputStream;
  /** The answer. */
  readonly stdout: OutputStream;
  /** The talk. */
  readonly stderr: OutputStream;
  /** Goes over every error text and every line of the log. */
  readonly mask: SecretMask;
  readonly env: Environment;
  readonly homeDirectory: string;
  readonly isRoot: boolean;
  readonly nowMs: () => number;
  /** A sortable id of 26 characters. */
  readonly newId: () => string;
  /** Calls the listener at SIGINT, SIGTERM or SIGHUP until the returned function is called; the default is to die. */
  readonly onInterrupt: (listener: () => void) => () => void;
};

export type Environment = Readonly<Record<string, string | undefined>>;

export type InputStream = Readable & {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
};

export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};
