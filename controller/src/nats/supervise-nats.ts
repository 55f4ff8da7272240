import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { renderHostPort } from "@stickfarm/common/host-port";
import type { Log } from "@stickfarm/common/log";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { writeFileAtomically } from "@stickfarm/common/rim/atomic-file";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";
import { repeatSession } from "@stickfarm/common/rim/repeat-session";
import { issueTrustAnchors, type NatsAuthority } from "./nats-authority.ts";
import { type NatsConfig, renderNatsConfig } from "./nats-config.ts";
import { type RunningServer, runNatsServer } from "./run-nats-server.ts";
import { stopStaleServer } from "./stop-stale-server.ts";

export type SupervisedNats = {
  /** The same for as long as the controller runs. */
  readonly port: number;
  /** For the controller itself: an address of this machine. */
  readonly url: string;
  /** The server's number now; another one after a restart. */
  readonly pid: () => number;
  close(): Promise<void>;
};

export type NatsOptions = {
  readonly program: string;
  /** Ours alone; made when absent. */
  readonly directory: string;
  readonly host: string;
  /** Absent: any free one. */
  readonly port?: number;
  readonly tls: {
    /** Whose certificates clients must have. */
    readonly caPem: string;
    readonly certificatePem: string;
    readonly keyPem: string;
  };
  readonly authority: NatsAuthority;
  readonly log: Log;
};

const PAUSES = { firstMs: 100, mostMs: 10_000, settledMs: 30_000 };

/**
 * Start the farm's own nats-server, and start it again on the same port whenever it ends.
 *
 * What a killed controller left running in `directory` is stopped first.
 * Problems: tool_failed with its last words, and those of writing files.
 */
export async function startNats(options: NatsOptions): Promise<Result<SupervisedNats>> {
  const { log, program } = options;
  const files = filesIn(resolve(options.directory));
  try {
    const stale = await stopStaleServer(files);
    if (stale !== null)
      log.warn({ serverPid: stale }, "stopped the nats-server of a killed controller");
    const config = await writeFiles(options, files);
    const first = await runNatsServer(log, { program, configPath: files.configPath });
    log.info({ host: options.host, port: first.port, serverPid: first.pid }, "nats-server started");
    await keepPort(first, config);
    return ok(supervise(first, { ...options, configPath: files.configPath }));
  } catch (error) {
    const doing = `Cannot start "${program}"`;
    if (isErrnoError(error)) return fail(fileProblem(doing, error));
    const words = error instanceof Error ? error.message : String(error);
    return fail({ code: "tool_failed", detail: `${doing}: ${words}`, cause: error });
  }
}

function supervise(
  first: RunningServer,
  options: NatsOptions & { readonly configPath: string },
): SupervisedNats {
  const { log, host } = options;
  const stop = new AbortController();
  let server: RunningServer | null = first;
  let pid = first.pid;
  const supervised = repeatSession(
    async (signal) => {
      server ??= await runNatsServer(log, options);
      pid = server.pid;
      const words = await endOf(server, signal);
      server = null;
      if (!signal.aborted) log.warn({ words, pid }, "nats-server ended; it is started again");
    },
    {
      signal: stop.signal,
      pauses: PAUSES,
      onFailure: (error) => log.warn({ words: String(error) }, "nats-server does not start"),
    },
  );
  return {
    port: first.port,
    url: `tls://${renderHostPort({ host: hostToDial(host), port: first.port })}`,
    pid: () => pid,
    close: async () => {
      stop.abort();
      await supervised;
    },
  };
}

async function endOf(server: RunningServer, signal: AbortSignal): Promise<string> {
  const stop = (): Promise<void> => server.stop();
  if (signal.aborted) await stop();
  signal.addEventListener("abort", stop, { once: true });
  const words = await server.ended;
  signal.removeEventListener("abort", stop);
  return words;
}

type Files = ReturnType<typeof filesIn>;

function filesIn(directory: string) {
  return {
    directory,
    configPath: join(directory, "nats-server.conf"),
    pidPath: join(directory, "nats-server.pid"),
    caPath: join(directory, "ca.pem"),
    certificatePath: join(directory, "server.pem"),
    keyPath: join(directory, "server.key"),
    storePath: join(directory, "store"),
  };
}

async function writeFiles(options: NatsOptions, files: Files): Promise<NatsConfig & Files> {
  await mkdir(files.directory, { recursive: true, mode: 0o700 });
  await writeFileAtomically(files.caPath, bytesOf(options.tls.caPem));
  await writeFileAtomically(files.certificatePath, bytesOf(options.tls.certificatePem));
  await writeFileAtomically(files.keyPath, bytesOf(options.tls.keyPem));
  const anchors = await issueTrustAnchors(options.authority);
  const config = { ...files, host: options.host, port: options.port ?? 0, anchors };
  await writeConfig(files.configPath, config);
  return config;
}

/** Agents find it again after a restart only where it was. */
async function keepPort(server: RunningServer, config: NatsConfig & Files): Promise<void> {
  try {
    await writeConfig(config.configPath, { ...config, port: server.port });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function writeConfig(path: string, config: NatsConfig): Promise<void> {
  await writeFileAtomically(path, bytesOf(renderNatsConfig(config)));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function hostToDial(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
