import { parseHostPort } from "@stickfarm/common/host-port";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { maskStream } from "@stickfarm/common/rim/secret-mask";
import { VERSION } from "@stickfarm/common/version";
import { pino } from "pino";
import { LISTEN_DEFAULT } from "./init.ts";
import { writeStreamed } from "./output/write-answer.ts";
import { findSecretsKey, secretsKeyOption } from "./shell/find-secrets-key.ts";
import type { Io } from "./shell/io.ts";
import { logLevelOption } from "./shell/log-level.ts";
import { newCommand } from "./shell/new-command.ts";
import type { Session } from "./shell/session.ts";
import type { Shell } from "./shell/shell.ts";

export function serveCommand(shell: Shell) {
  return newCommand(shell, {
    name: "serve",
    description:
      'Run the controller until it is stopped.\n\nOne line "ready HOST:PORT" on stdout says that it takes calls; the log goes to stderr, a JSON object a line. SIGTERM or Ctrl-C ends it in order, a second one at once.',
    examples: ["stickfarm serve", "stickfarm serve --listen 0.0.0.0:7443"],
  })
    .option("--listen <host:port>", "where to listen; port 0 is any free one", LISTEN_DEFAULT)
    .option("--nats-url <url>", "a NATS cluster of your own instead of an embedded nats-server")
    .option("--nats-credentials <file>", "credentials for --nats-url")
    .addOption(secretsKeyOption())
    .addOption(logLevelOption())
    .action((options, command) => shell.run(command, (session) => serve(session, options)));
}

type ServeOptions = {
  readonly listen: string;
  readonly natsUrl?: string;
  readonly natsCredentials?: string;
  readonly secretsKey?: string;
  readonly logLevel: string;
};

async function serve(session: Session, options: ServeOptions): Promise<Result<number>> {
  const listen = parseHostPort(options.listen);
  if (!listen.ok) return listen;
  const nats = planNats(options);
  if (!nats.ok) return nats;
  const { io, paths } = session;
  const log = pino({ level: options.logLevel }, maskStream(io.stderr, io.mask));
  const stopped = waitForStop(io);
  // Database, certificates and NATS are loaded here only; every other command starts faster without them.
  const { serveController } = await import("../serve/serve-controller.ts");
  const running = await serveController({
    dataDirectory: paths.dataDirectory,
    secretsKey: await findSecretsKey(session, options.secretsKey),
    listen: listen.value,
    nats: nats.value,
    version: VERSION,
    log,
    mask: io.mask,
  });
  if (!running.ok) return running;
  const { address, close } = running.value;
  writeStreamed(session, { ready: true, address }, () => `ready ${address}\n`);
  await stopped;
  await close();
  return ok(0);
}

type NatsPlan =
  | { readonly kind: "embedded" }
  | { readonly kind: "external"; readonly url: string; readonly credentials: string | null };

function planNats({ natsUrl, natsCredentials }: ServeOptions): Result<NatsPlan> {
  if (natsUrl !== undefined)
    return ok({ kind: "external", url: natsUrl, credentials: natsCredentials ?? null });
  if (natsCredentials === undefined) return ok({ kind: "embedded" });
  return fail({
    code: "usage",
    detail: "Cannot use --nats-credentials: --nats-url must say which cluster they are for",
  });
}

/** The first signal ends the process in order; the next one finds no listener and ends it at once. */
function waitForStop(io: Io): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = io.onInterrupt(() => {
      stopListening();
      resolve();
    });
  });
}
