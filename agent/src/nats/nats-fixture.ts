import "reflect-metadata";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ExtendedKeyUsage } from "@peculiar/x509";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { findProgram } from "@stickfarm/common/rim/tools";
import { type ProgressEvent, parseProgressEvent } from "@stickfarm/common/wire/progress";
import { connect, type NatsConnection, nkeyAuthenticator, type StoredMsg } from "nats";
import { onTestFinished } from "vitest";
import { openAuthority } from "../trust/test-authority.ts";
import { createNatsKey } from "./create-nats-key.ts";
import type { PublisherOptions } from "./publish-progress.ts";

const STREAM = "ALL";

/**
 * For tests: an own server that knows two users by their keys, an agent with an agent's rights and one who sees
 * everything. The controller's server knows them by signed claims; to an agent both are the same.
 */
export type TestNats = {
  readonly publisher: Omit<PublisherOptions, "log">;
  /** All that was ever published, in order, as "<job><seq>"; it survives the server's restart. */
  readonly stored: () => Promise<readonly string[]>;
  readonly kill: () => Promise<void>;
  /** Again, on the same port. */
  readonly start: () => Promise<void>;
  readonly pause: (signal: "SIGSTOP" | "SIGCONT") => void;
};

export async function startTestNats(agent: string): Promise<TestNats> {
  const folder = await makeTemporaryFolder(onTestFinished);
  const ca = await openAuthority();
  const own = await ca.issue(ExtendedKeyUsage.serverAuth);
  const visitor = await ca.issue(ExtendedKeyUsage.clientAuth);
  const [agentKey, listenerKey] = [createNatsKey(), createNatsKey()];
  const configure = (port: number): string => `
    host: "127.0.0.1", port: ${port}
    tls { ca_file: "ca.pem", cert_file: "own.pem", key_file: "own.key", verify: true, timeout: 10 }
    jetstream { store_dir: "store" }
    authorization { users: [
      { nkey: ${listenerKey.publicKey} }
      { nkey: ${agentKey.publicKey}, permissions: {
          publish: "stickfarm.v1.progress.${agent}.>", subscribe: "_INBOX_${agent}.>" } }
    ] }`;
  const files = { "ca.pem": ca.pem, "own.pem": own.pem, "own.key": own.keyPem };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);

  let server = await runServer(folder, configure(-1));
  onTestFinished(() => void server.child.kill("SIGKILL"));
  const { port } = server;
  const servers = [`tls://127.0.0.1:${port}`];
  const client = { certificatePem: visitor.pem, keyPem: visitor.keyPem };
  const tls = { caPem: ca.pem, serverName: CONTROLLER_HOST, client };
  const listen = async (): Promise<NatsConnection> => {
    const connection = await connect({
      servers,
      // Node's `tls` knows of `servername`, the client's types do not.
      tls: Object.assign(
        { ca: ca.pem, cert: visitor.pem, key: visitor.keyPem },
        { servername: CONTROLLER_HOST },
      ),
      authenticator: nkeyAuthenticator(new TextEncoder().encode(listenerKey.seed)),
      reconnect: false,
    });
    onTestFinished(() => connection.close());
    return connection;
  };
  const manager = await (await listen()).jetstreamManager();
  await manager.streams.add({ name: STREAM, subjects: ["stickfarm.>"] });
  return {
    publisher: { servers, tls, jwt: "", seed: agentKey.seed, agent },
    stored: async () => await readStream(await listen()),
    kill: async () => {
      const ended = once(server.child, "exit");
      server.child.kill("SIGKILL");
      await ended;
    },
    start: async () => {
      server = await runServer(folder, configure(port));
    },
    pause: (signal) => void server.child.kill(signal),
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

function nameOf({ subject, data }: Pick<StoredMsg, "subject" | "data">): string {
  const event = parseProgressEvent(subject, data);
  return event === null ? "no event" : `${event.jobId}${event.seq}`;
}

async function readStream(connection: NatsConnection): Promise<readonly string[]> {
  const { streams } = await connection.jetstreamManager();
  const { state } = await streams.info(STREAM);
  const names: string[] = [];
  for (let seq = 1; seq <= state.last_seq; seq += 1) {
    names.push(nameOf(await streams.getMessage(STREAM, { seq })));
  }
  await connection.close();
  return names;
}

async function runServer(
  folder: string,
  config: string,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const program = await findProgram("nats-server", process.env["PATH"] ?? "");
  if (program === null) throw new Error("nats-server is not there: npm test installs it");
  await writeFile(join(folder, "nats.conf"), config);
  const child = spawn(program, ["-c", "nats.conf"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    const port = Number(/client connections on .*:(\d+)$/.exec(line)?.[1]);
    if (port > 0) {
      child.stderr.resume();
      return { child, port };
    }
  }
  throw new Error(`nats-server did not start: ${lines.join("\n")}`);
}
