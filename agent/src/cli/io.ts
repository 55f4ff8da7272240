import { join } from "node:path";
import type { SecretMask } from "@stickfarm/common/rim/secret-mask";

/** All that a command sees of its process. Tests hand in their own; nothing below `main.ts` touches `process`. */
export type Io = {
  /** The answer. */
  readonly stdout: NodeJS.WritableStream & { readonly columns?: number };
  /** The talk, and the log. */
  readonly stderr: NodeJS.WritableStream & { readonly columns?: number };
  /** Goes over every error text and every line of the log. */
  readonly mask: SecretMask;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly workingDirectory: string;
  readonly isRoot: boolean;
  /** Calls the listener at SIGINT, SIGTERM or SIGHUP until the returned function is called; the default is to die. */
  readonly onInterrupt: (listener: () => void) => () => void;
};

type DataPlace = Pick<Io, "env" | "homeDirectory" | "isRoot">;

/**
 * Where the agent keeps identity, journal and cache: what --data says, else /var/lib as root, else the XDG directory.
 *
 * Source: XDG Base Directory Specification 0.8; an empty or relative variable counts as unset.
 */
export function resolveData(io: DataPlace, data: string | undefined): string {
  if (data !== undefined) return data;
  if (io.isRoot) return "/var/lib/stickfarm-agent";
  const xdg = io.env["XDG_DATA_HOME"] ?? "";
  const base = xdg.startsWith("/") ? xdg : join(io.homeDirectory, ".local/share");
  return join(base, "stickfarm-agent");
}
