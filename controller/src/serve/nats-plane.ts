import { readFile } from "node:fs/promises";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import type { Log } from "@stickfarm/common/log";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { Secret } from "@stickfarm/common/secret";
import type { ProgressEvent } from "@stickfarm/common/wire/progress";
import type { NatsServers } from "../nats/connect-nats.ts";
import { findNatsServer } from "../nats/find-nats-server.ts";
import { LatestProgress } from "../nats/latest-progress.ts";
import {
  controllerCredentials,
  issueAgentJwt,
  type NatsAuthority,
} from "../nats/nats-authority.ts";
import { loadNatsAuthority } from "../nats/nats-files.ts";
import { startNats } from "../nats/supervise-nats.ts";
import { startProgressWatch } from "../nats/watch-progress.ts";
import type { IssueNatsUser } from "../trust/enroll-agent.ts";
import type { ServerTls, Trust } from "../trust/load-trust.ts";

/** embedded: a nats-server of our own; external: a cluster that somebody else runs. */
export type NatsOptions =
  | { readonly kind: "embedded" }
  | { readonly kind: "external"; readonly url: string; readonly credentials: string | null };

/** Live progress, and how agents reach it. Nothing but what is shown depends on it. */
export type NatsPlane = {
  readonly progressOf: (jobId: string) => ProgressEvent | null;
  readonly issueAgentUser: IssueNatsUser;
  /** Port on the host that the agent dialled; 0 when there is a URL. */
  readonly agentPort: number;
  readonly agentUrl: string;
  readonly close: () => Promise<void>;
};

export type NatsParts = {
  readonly directory: string;
  readonly trust: Trust;
  readonly tls: ServerTls;
  readonly host: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A newer picture has come. */
  readonly onProgress: () => void;
  readonly log: Log;
};

type Place = {
  readonly servers: NatsServers;
  readonly agentPort: number;
  readonly agentUrl: string;
  readonly close: () => Promise<void>;
};

/**
 * Bring progress up: start a nats-server or point at a cluster, and follow what agents publish there.
 *
 * Problems: nats_missing, tool_failed, trust_damaged, those of reading the credentials.
 */
export async function openNatsPlane(
  options: NatsOptions,
  parts: NatsParts,
): Promise<Result<NatsPlane>> {
  const authority = await loadNatsAuthority(parts.trust.natsDirectory);
  if (!authority.ok) return authority;
  const place =
    options.kind === "embedded"
      ? await startEmbedded(parts, authority.value)
      : await findExternal(options, authority.value);
  if (!place.ok) return place;
  const { servers, agentPort, agentUrl, close } = place.value;
  const latest = new LatestProgress();
  const watch = startProgressWatch({
    ...servers,
    log: parts.log,
    onEvent: (event) => {
      if (latest.take(event)) parts.onProgress();
    },
  });
  return ok({
    progressOf: (jobId) => latest.of(jobId),
    issueAgentUser: (agent) => issueAgentJwt(authority.value, agent),
    agentPort,
    agentUrl,
    close: async () => {
      await watch.close();
      await close();
    },
  });
}

async function startEmbedded(parts: NatsParts, authority: NatsAuthority): Promise<Result<Place>> {
  const program = await findNatsServer(parts.env);
  if (!program.ok) return program;
  const { directory, host, tls, log } = parts;
  const nats = await startNats({ program: program.value, directory, host, tls, authority, log });
  if (!nats.ok) return nats;
  const { port, url, close } = nats.value;
  const client = await parts.trust.authority.issueNatsClient(Date.now());
  return ok({
    servers: {
      servers: [url],
      tls: { caPem: tls.caPem, serverName: CONTROLLER_HOST, client },
      credentials: await controllerCredentials(authority),
    },
    agentPort: port,
    agentUrl: "",
    close,
  });
}

/** A cluster that trusts our account needs no credentials of its own. */
async function findExternal(
  options: Extract<NatsOptions, { kind: "external" }>,
  authority: NatsAuthority,
): Promise<Result<Place>> {
  const credentials = await readCredentials(options.credentials, authority);
  if (!credentials.ok) return credentials;
  return ok({
    servers: {
      servers: options.url.split(","),
      tls: { caPem: null, serverName: null, client: null },
      credentials: credentials.value,
    },
    agentPort: 0,
    agentUrl: options.url,
    close: async () => undefined,
  });
}

async function readCredentials(
  path: string | null,
  authority: NatsAuthority,
): Promise<Result<NatsServers["credentials"]>> {
  if (path === null) return ok(await controllerCredentials(authority));
  try {
    return ok({ creds: new Secret(await readFile(path)) });
  } catch (error) {
    return fail(fileProblem(`Cannot read the NATS credentials "${path}"`, error));
  }
}
