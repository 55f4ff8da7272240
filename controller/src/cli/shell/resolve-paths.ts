import { join } from "node:path";
import type { Environment } from "./io.ts";

export type Paths = {
  /** Where the controller keeps its database, library and keys. */
  readonly dataDirectory: string;
  /** Where the operator's address and certificate are. */
  readonly configFile: string;
  /** Where requests are kept until their answer is known. */
  readonly stateDirectory: string;
};

type Place = {
  readonly env: Environment;
  readonly homeDirectory: string;
  readonly isRoot: boolean;
  /** From --config. */
  readonly configFile: string | undefined;
};

/**
 * Where things are: what the call says, else the environment, else /var/lib and /etc as root, else the XDG directories.
 *
 * Source: XDG Base Directory Specification 0.8; an empty or relative variable counts as unset.
 */
export function resolvePaths({ env, homeDirectory, isRoot, configFile }: Place): Paths {
  const xdg = (name: string, fallback: string) => {
    const value = env[name] ?? "";
    return join(value.startsWith("/") ? value : join(homeDirectory, fallback), "stickfarm");
  };
  const systemData = "/var/lib/stickfarm";
  const data = env["STICKFARM_DATA"] || null;
  const config = configFile || env["STICKFARM_CONFIG"] || null;
  const configDirectory = isRoot ? "/etc/stickfarm" : xdg("XDG_CONFIG_HOME", ".config");
  return {
    dataDirectory: data ?? (isRoot ? systemData : xdg("XDG_DATA_HOME", ".local/share")),
    configFile: config ?? join(configDirectory, "operator.yaml"),
    stateDirectory: data ?? (isRoot ? systemData : xdg("XDG_STATE_HOME", ".local/state")),
  };
}
