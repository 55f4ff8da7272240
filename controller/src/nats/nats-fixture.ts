import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import type { Log } from "@stickfarm/common/log";
import type { Result } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { Secret } from "@stickfarm/common/secret";
import type { ProgressEvent } from "@stickfarm/common/wire/progress";
import { type NatsConnection, nkeys } from "nats";
import { onTestFinished } from "vitest";
import { createTestFarm } from "../trust/test-farm.ts";
import { connectNats, type NatsServers } from "./connect-nats.ts";
import { findNatsServer } from "./find-nats-server.ts";
import {
  controllerCredentials,
  createNatsAuthority,
  issueAgentJwt,
  type NatsAuthority,
} from "./nats-authority.ts";
import { type NatsOptions, type SupervisedNats, startNats } from "./supervise-nats.ts";

/** For tests: an own server, with whoever is to be its client. All of it ends with the test. */
export type TestNats = {
  readonly options: NatsOptions;
  readonly nats: SupervisedNats;
  readonly authority: NatsAuthority;
  readonly controller: NatsServers;
  readonly warnings: readonly string[];
  readonly log: Log;
  readonly agent: (name: string) => Promise<NatsConnection>;
};

export async function startTestNats(): Promise<TestNats> {
  const farm = await createTestFarm();
  const { tls } = farm;
  const authority = createNatsAuthority();
  const { log, warnings } = recordWarnings();
  const directory = await makeTemporaryFolder(onTestFinished);
  const program = resultOf(await findNatsServer(process.env));
  const options = { program, directory, host: "127.0.0.1", tls, authority, log };
  const nats = resultOf(await startNats(options));
  onTestFinished(() => nats.close());
  const place = {
    servers: [nats.url],
    tls: { caPem: tls.caPem, serverName: CONTROLLER_HOST, client: await farm.agent("ws-1") },
  };
  return {
    options,
    nats,
    authority,
    controller: { ...place, credentials: await controllerCredentials(authority) },
    warnings,
    log,
    agent: async (name) => {
      const keys = nkeys.createUser();
      const expiresAtMs = Date.now() + 3_600_000;
      const user = { name, publicKey: keys.getPublicKey(), expiresAtMs };
      const jwt = resultOf(await issueAgentJwt(authority, user));
      const credentials = { jwt, seed: new Secret(keys.getSeed()) };
      const connection = await connectNats({ ...place, credentials });
      onTestFinished(() => connection.close());
      return connection;
    },
  };
}

export function progressOf(event: Partial<ProgressEvent>): ProgressEvent {
  return {
    buildId: "build",
    jobId: "job",
    agent: "ws-1",
    attempt: 1,
    seq: 1,
    atMs: 0,
    phase: "write",
    doneBytes: 1,
    totalBytes: 2,
    ratePerSecondBytes: 0,
    silentMs: 0,
    ...event,
  };
}

/** The value of what must not fail. */
export function resultOf<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.detail}`);
  return result.value;
}

function recordWarnings(): { readonly log: Log; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const warn = (fields: object, message: string): void => {
    warnings.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { log: { info: () => undefined, warn, error: warn }, warnings };
}
