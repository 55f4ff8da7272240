import { access } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { isErrnoError } from "@stickfarm/common/rim/file-problem";
import type { SecretsKeyFile } from "../../trust/secrets-key.ts";
import type { Session } from "./session.ts";

const CREDENTIAL_NAME = "stickfarm-secrets.key";
const FILE_NAME = "secrets.key";

export function secretsKeyOption() {
  return new Option(
    "--secrets-key <file>",
    "key that secrets are sealed under; else the systemd credential stickfarm-secrets.key, else STICKFARM_SECRETS_KEY_FILE, else secrets.key beside the operator configuration",
  );
}

/**
 * Where the secrets key is: what the call says, else systemd's credential, else the environment, else beside the operator
 * configuration. Never in the data directory: when the configuration lies there, the key lies beside the directory.
 *
 * Source: systemd.exec(5), LoadCredential= and LoadCredentialEncrypted=.
 */
export async function findSecretsKey(
  { io, paths }: Pick<Session, "io" | "paths">,
  named: string | undefined,
): Promise<SecretsKeyFile> {
  if (named !== undefined) return { kind: "file", path: named };
  const credentials = io.env["CREDENTIALS_DIRECTORY"] ?? "";
  const credential = join(credentials, CREDENTIAL_NAME);
  if (credentials !== "" && (await isThere(credential))) {
    return { kind: "credential", path: credential };
  }
  const fromEnvironment = io.env["STICKFARM_SECRETS_KEY_FILE"] ?? "";
  if (fromEnvironment !== "") return { kind: "file", path: fromEnvironment };
  const data = resolve(paths.dataDirectory);
  const folder = dirname(resolve(paths.configFile));
  const isOutside = relative(data, folder).startsWith("..");
  return { kind: "file", path: isOutside ? join(folder, FILE_NAME) : `${data}.key` };
}

/** One that is there and cannot be read is named in the problem later. */
async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    return isErrnoError(error) && error.code !== "ENOENT";
  }
}
