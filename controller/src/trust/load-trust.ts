import { createPrivateKey, X509Certificate } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";
import { type Authority, openAuthority } from "./create-authority.ts";
import { openSecretBox, type SecretBox } from "./secret-box.ts";
import {
  matchSecretsKey,
  readSecretsKey,
  SECRETS_CHECK_NAME,
  type SecretsKeyFile,
} from "./secrets-key.ts";
import { openSigner, type Signer } from "./signing-key.ts";
import { trustDirectoryOf } from "./trust-files.ts";

/** Everything that `init` made, ready for use. */
export type Trust = {
  readonly directory: string;
  readonly authority: Authority;
  readonly tls: ServerTls;
  readonly signer: Signer;
  readonly secretBox: SecretBox;
  readonly natsDirectory: string;
};

export type ServerTls = {
  readonly caPem: string;
  /** The server's certificate with the CA behind it. */
  readonly certificatePem: string;
  readonly keyPem: string;
};

/**
 * Problems: not_initialised, trust_damaged when a file is missing or does not fit the others, path_unreadable;
 *           secrets_key_missing, secrets_key_exposed, secrets_key_wrong.
 */
export async function loadTrust(
  dataDirectory: string,
  secretsKey: SecretsKeyFile,
): Promise<Result<Trust>> {
  const directory = trustDirectoryOf(dataDirectory);
  const doing = `Cannot read the keys in "${directory}"`;
  try {
    await access(directory);
  } catch (cause) {
    if (!isErrnoError(cause) || cause.code !== "ENOENT") return fail(fileProblem(doing, cause));
    const detail = `Cannot use "${dataDirectory}": it holds no farm`;
    return fail({ code: "not_initialised", detail, cause });
  }
  try {
    const key = await readSecretsKey(secretsKey, dataDirectory);
    return key.ok ? await openTrust(directory, { key: key.value, path: secretsKey.path }) : key;
  } catch (cause) {
    if (isErrnoError(cause) && cause.code !== "ENOENT") return fail(fileProblem(doing, cause));
    // OpenSSL and the certificate parser throw errors of many kinds for a file that is not what it should be.
    const reason = cause instanceof Error ? cause.message : String(cause);
    return fail({ code: "trust_damaged", detail: `${doing}: ${reason}`, cause });
  }
}

async function openTrust(
  directory: string,
  { key, path }: { readonly key: Uint8Array; readonly path: string },
): Promise<Result<Trust>> {
  const read = (name: string) => readFile(join(directory, name), "utf8");
  const caPem = await read("ca.pem");
  const caKeyPem = await read("ca.key");
  const tls = { caPem, certificatePem: await read("server.pem"), keyPem: await read("server.key") };
  const matched = matchSecretsKey(key, { check: await read(SECRETS_CHECK_NAME), path });
  if (!matched.ok) return matched;
  const signer = openSigner(await read("signing.key"));
  const reason = whyUnfit({ tls, caKeyPem });
  if (reason !== null) {
    const detail = `Cannot use the keys in "${directory}": ${reason}`;
    return fail({ code: "trust_damaged", detail });
  }
  return ok({
    directory,
    authority: await openAuthority({ certificatePem: caPem, keyPem: caKeyPem }),
    tls,
    signer,
    secretBox: openSecretBox(key),
    natsDirectory: join(directory, "nats"),
  });
}

/** Files of two farms in one folder would make certificates that nobody accepts. */
function whyUnfit(files: { readonly tls: ServerTls; readonly caKeyPem: string }): string | null {
  const ca = new X509Certificate(files.tls.caPem);
  const server = new X509Certificate(files.tls.certificatePem);
  if (!ca.checkPrivateKey(createPrivateKey(files.caKeyPem)))
    return "ca.key is not the key of ca.pem";
  if (!server.verify(ca.publicKey)) return "server.pem is not signed by ca.pem";
  if (!server.checkPrivateKey(createPrivateKey(files.tls.keyPem))) {
    return "server.key is not the key of server.pem";
  }
  return null;
}
