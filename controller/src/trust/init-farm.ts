import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { HostPort } from "@stickfarm/common/host-port";
import { GRANTS } from "@stickfarm/common/identity";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { writeFileAtomically } from "@stickfarm/common/rim/atomic-file";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { createAuthority, openAuthority } from "./create-authority.ts";
import { hostsToName } from "./ensure-server-certificate.ts";
import { addressToDial, renderOperatorConfig } from "./operator-config.ts";
import {
  checkOfSecretsKey,
  ensureSecretsKey,
  SECRETS_CHECK_NAME,
  type SecretsKeyFile,
} from "./secrets-key.ts";
import { createSigningKeyPem, openSigner } from "./signing-key.ts";
import {
  exists,
  type FileSet,
  hasTrust,
  placeTrustFiles,
  trustDirectoryOf,
} from "./trust-files.ts";

export type InitOptions = {
  readonly dataDirectory: string;
  /** Where the operator's address, certificate and key go. */
  readonly configPath: string;
  /** Outside the data directory. */
  readonly secretsKey: SecretsKeyFile;
  readonly listen: HostPort;
  /** Names and addresses for the server certificate besides this machine's own. */
  readonly hosts: readonly string[];
  /** Keys of the NATS plane, made by those who know NATS; kept below `nats/`. */
  readonly natsFiles: FileSet;
  readonly nowMs: number;
};

/** `finished`: the keys were there from an interrupted or earlier call, and only the configuration was missing. */
export type Initialised = { readonly kind: "created" | "finished"; readonly configPath: string };

/**
 * Make a farm's keys and certificates, and the operator's way in.
 *
 * Folders are 0700, files 0600. The secrets key comes first, or is taken as it is there; all other keys come into being at
 * once; the configuration follows. Nothing is ever overwritten.
 * Problems: already_initialised, those of ensureSecretsKey, and those of writing files.
 */
export async function initFarm(options: InitOptions): Promise<Result<Initialised>> {
  const { dataDirectory, configPath } = options;
  try {
    const trusted = await hasTrust(dataDirectory);
    if (await exists(configPath)) return refuse(trusted, options);
    if (!trusted) {
      const created = await createTrust(options);
      if (!created.ok) return created;
    }
    await writeConfig(options);
    return ok({ kind: trusted ? "finished" : "created", configPath });
  } catch (error) {
    return fail(fileProblem(`Cannot initialise "${dataDirectory}"`, error));
  }
}

async function createTrust(options: InitOptions): Promise<Result<void>> {
  const key = await ensureSecretsKey(options.secretsKey, options.dataDirectory);
  if (!key.ok) return key;
  const files = await createTrustFiles(options, checkOfSecretsKey(key.value));
  const placed = await placeTrustFiles(options.dataDirectory, files);
  return placed ? ok(undefined) : refuse(true, options);
}

async function createTrustFiles(
  { listen, hosts, natsFiles, nowMs }: InitOptions,
  secretsCheck: string,
): Promise<FileSet> {
  const root = await createAuthority(nowMs);
  const authority = await openAuthority(root);
  const server = await authority.issueServer({
    hosts: [...hosts, ...hostsToName(listen.host)],
    nowMs,
  });
  const operator = await authority.issueOperator({ name: "admin", grants: GRANTS, nowMs });
  const signingKeyPem = await createSigningKeyPem();
  return {
    "ca.pem": root.certificatePem,
    "ca.key": root.keyPem,
    "server.pem": server.certificatePem,
    "server.key": server.keyPem,
    "operator.pem": operator.certificatePem,
    "operator.key": operator.keyPem,
    "signing.key": signingKeyPem,
    "signing.pub": openSigner(signingKeyPem).publicKeyPem,
    [SECRETS_CHECK_NAME]: `${secretsCheck}\n`,
    ...Object.fromEntries(Object.entries(natsFiles).map(([name, text]) => [`nats/${name}`, text])),
  };
}

async function writeConfig({ dataDirectory, configPath, listen }: InitOptions): Promise<void> {
  const read = (name: string) => readFile(join(trustDirectoryOf(dataDirectory), name), "utf8");
  const config = renderOperatorConfig({
    controller: addressToDial(listen),
    caPem: await read("ca.pem"),
    certificatePem: await read("operator.pem"),
    keyPem: await read("operator.key"),
  });
  await mkdir(dirname(configPath), { recursive: true, mode: 0o700 });
  await writeFileAtomically(configPath, new TextEncoder().encode(config), 0o600);
}

function refuse(trusted: boolean, { dataDirectory, configPath }: InitOptions): Result<never> {
  const reason = trusted
    ? "it holds a farm"
    : `the operator configuration "${configPath}" exists and is another farm's`;
  const detail = `Cannot initialise "${dataDirectory}": ${reason}`;
  return fail({ code: "already_initialised", detail });
}
