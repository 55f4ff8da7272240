import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type HostPort, renderHostPort } from "@stickfarm/common/host-port";
import type { Log } from "@stickfarm/common/log";
import { ok, type Result } from "@stickfarm/common/result";
import { type CloseStack, openInOrder } from "@stickfarm/common/rim/close-stack";
import type { SecretMask } from "@stickfarm/common/rim/secret-mask";
import { AgentServiceService } from "@stickfarm/proto/stickfarm/v1/agent";
import { EnrollmentServiceService } from "@stickfarm/proto/stickfarm/v1/enrollment";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { monotonicFactory } from "ulid";
import { type Library, openLibrary } from "../content/library.ts";
import { openPointDoors, type PointDoors } from "../content/point/point-doors.ts";
import { serveContent } from "../content/serve-content.ts";
import type { FrontService } from "../front/guard-calls.ts";
import { identityOfCall } from "../front/identity-of-call.ts";
import { openFront } from "../front/open-front.ts";
import { agentService } from "../grpc/agent-service.ts";
import { enrollmentService } from "../grpc/enrollment-service.ts";
import { operatorService } from "../grpc/operator-service.ts";
import { openStore } from "../store/open-store.ts";
import { type Store, storeOn } from "../store/store.ts";
import { createAgentToken } from "../trust/agent-token.ts";
import { enrollAgent } from "../trust/enroll-agent.ts";
import { ensureServerCertificate } from "../trust/ensure-server-certificate.ts";
import { loadTrust, type Trust } from "../trust/load-trust.ts";
import { maskSecrets } from "../trust/secret-box.ts";
import type { SecretsKeyFile } from "../trust/secrets-key.ts";
import { agentAnswers } from "./agent-answers.ts";
import { AgentSessions } from "./agent-sessions.ts";
import { ChangeSignal } from "./change-signal.ts";
import { createWimSplitter } from "./create-wim-splitter.ts";
import type { Farm } from "./farm.ts";
import { openLocates } from "./locates.ts";
import { type NatsOptions, type NatsPlane, openNatsPlane } from "./nats-plane.ts";
import { operatorAnswers } from "./operator-answers.ts";
import { runScheduleLoop } from "./schedule-loop.ts";

export type ServeOptions = {
  readonly dataDirectory: string;
  readonly secretsKey: SecretsKeyFile;
  readonly listen: HostPort;
  readonly nats: NatsOptions;
  readonly version: string;
  readonly log: Log;
  /** Learns every secret that is set or opened here. */
  readonly mask: SecretMask;
};

export type RunningController = {
  /** HOST:PORT that it listens on. */
  readonly address: string;
  readonly close: () => Promise<void>;
};

const DATABASE_NAME = "controller.sqlite";
const LIBRARY_NAME = "library";

/**
 * Run a controller until `close`.
 *
 * Opened in this order and closed in reverse: keys, database, library, NATS, the port, the scheduler.
 * Problems: those of loadTrust, store_damaged, store_locked, nats_missing, storage_failed, those of openFront.
 */
export function serveController(options: ServeOptions): Promise<Result<RunningController>> {
  return openInOrder((stack) => openController(options, stack));
}

async function openController(
  options: ServeOptions,
  stack: CloseStack,
): Promise<Result<RunningController>> {
  const trust = await loadTrust(options.dataDirectory, options.secretsKey);
  if (!trust.ok) return trust;
  const tls = await ensureServerCertificate(trust.value, [options.listen.host], Date.now());
  if (!tls.ok) return tls;
  const db = await openStore(join(options.dataDirectory, DATABASE_NAME));
  if (!db.ok) return db;
  stack.defer(() => db.value.close());
  const library = await openLibrary(join(options.dataDirectory, LIBRARY_NAME));
  if (!library.ok) return library;
  const points = openPointDoors(library.value);
  stack.defer(async () => points.close());
  const progressed = new ChangeSignal();
  const nats = await openNatsPlane(options.nats, {
    directory: join(options.dataDirectory, "nats"),
    trust: trust.value,
    tls: tls.value,
    host: options.listen.host,
    env: process.env,
    onProgress: () => progressed.raise(),
    log: options.log,
  });
  if (!nats.ok) return nats;
  stack.defer(() => nats.value.close());
  const farm = createFarm({
    options,
    trust: trust.value,
    library: library.value,
    points,
    store: storeOn(db.value),
    nats: nats.value,
    progressed,
  });
  const front = await openFront({
    listen: options.listen,
    tls: tls.value,
    services: servicesOf(farm, trust.value, nats.value, options),
    handleHttp: serveContent(library.value),
    log: options.log,
  });
  if (!front.ok) return front;
  stack.defer(() => front.value.close());
  startScheduling(farm, stack);
  return ok({
    address: renderHostPort({ ...options.listen, port: front.value.port }),
    close: () => stack.close(),
  });
}

function startScheduling(farm: Farm, stack: CloseStack): void {
  const stop = new AbortController();
  const scheduling = runScheduleLoop(farm, stop.signal);
  stack.defer(async () => {
    stop.abort();
    await scheduling;
  });
}

type Parts = {
  readonly options: ServeOptions;
  readonly trust: Trust;
  readonly library: Library;
  readonly points: PointDoors;
  readonly store: Store;
  readonly nats: NatsPlane;
  readonly progressed: ChangeSignal;
};

function createFarm({ options, trust, library, points, store, nats, progressed }: Parts): Farm {
  const ulid = monotonicFactory();
  return {
    store,
    library,
    points,
    sessions: new AgentSessions(),
    changed: new ChangeSignal(),
    progressed,
    progressOf: (jobId) => nats.progressOf(jobId),
    locates: openLocates(),
    waiting: new Map(),
    sign: (bytes) => trust.signer.sign(bytes),
    secretBox: maskSecrets(trust.secretBox, options.mask),
    splitWim: createWimSplitter({ library, splits: store.wimSplits }),
    nowMs: Date.now,
    newId: () => ulid(),
    randomBytes,
    log: options.log,
  };
}

function servicesOf(
  farm: Farm,
  trust: Trust,
  nats: NatsPlane,
  { version, log, mask }: ServeOptions,
): readonly FrontService[] {
  const makeToken = (name: string) => {
    const { text, hash } = createAgentToken({ name, pin: trust.authority.pin });
    return { token: text, hash };
  };
  const enrolment = {
    authority: trust.authority,
    tokens: { consume: farm.store.agents.consumeToken },
    issueNatsUser: nats.issueAgentUser,
    signingKeyPem: trust.signer.publicKeyPem,
  };
  const outlet = { log, mask: mask.apply };
  const settings = { version, natsPort: nats.agentPort, natsUrl: nats.agentUrl };
  return [
    {
      definition: OperatorServiceService,
      // The front has let in nobody without an operator's certificate; a call whose connection has just ended has none.
      implementation: operatorService(
        operatorAnswers(farm, makeToken),
        (call) => identityOfCall(call) ?? { role: "operator", name: "", grants: [] },
        outlet,
      ),
      access: "operator",
    },
    {
      definition: AgentServiceService,
      // The front has let in nobody without an agent's certificate.
      implementation: agentService(
        agentAnswers(farm, settings),
        (call) => identityOfCall(call)?.name ?? "",
        outlet,
      ),
      access: "agent",
    },
    {
      definition: EnrollmentServiceService,
      implementation: enrollmentService(
        async (request) => enrollAgent(enrolment, request, farm.nowMs()),
        outlet,
      ),
      access: "anyone",
    },
  ];
}
