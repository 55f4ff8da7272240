import { type ClientDuplexStream, credentials, Metadata } from "@grpc/grpc-js";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import type { Log } from "@stickfarm/common/log";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { parseProblemStatus } from "@stickfarm/common/wire/problem-status";
import {
  AgentServiceClient,
  type AttachRequest,
  type AttachResponse,
  type Hello,
  type ReportResultRequest,
} from "@stickfarm/proto/stickfarm/v1/agent";

/** gRPC to the controller: one session that comes back by itself, and reports. */
export type ControllerLink = {
  /** Sent when a session is up; dropped otherwise, because the next Hello says everything again. */
  readonly send: (message: AttachRequest["message"]) => void;
  readonly report: (report: ReportResultRequest) => Promise<Result<void>>;
  readonly close: () => void;
};

export type LinkEvents = {
  /** Asked at the start of each session. */
  readonly hello: () => Hello;
  readonly received: (message: AttachResponse["message"]) => void;
  /** The session could not be opened for a reason that time does not mend. */
  readonly refused: (problem: Problem) => void;
};

export type LinkOptions = {
  /** HOST:PORT. */
  readonly address: string;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  /** [0, 1): spreads agents that lost the same controller. */
  readonly random: () => number;
  readonly log: Log;
};

const REPORT_DEADLINE_MS = 15_000;
/** Source: https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md, with a cap that suits a workshop. */
const BACKOFF_BASE_MS = 500;
const BACKOFF_FACTOR = 1.6;
const BACKOFF_MAX_MS = 15_000;
/** Until the controller has said another number. */
const HEARTBEAT_MS = 10_000;

const CHANNEL_OPTIONS = {
  "grpc.ssl_target_name_override": CONTROLLER_HOST,
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.max_receive_message_length": 4 * 1024 * 1024,
  "grpc.initial_reconnect_backoff_ms": BACKOFF_BASE_MS,
  "grpc.max_reconnect_backoff_ms": BACKOFF_MAX_MS,
};

/** Refusals that no waiting mends: the operator has to act. */
const FATAL = new Set<Problem["code"]>([
  "agent_superseded",
  "agent_unknown",
  "protocol_unsupported",
  "unauthenticated",
  "forbidden",
]);

type Call = ClientDuplexStream<AttachRequest, AttachResponse>;

/** Dial the controller and hold a session until `close`. */
export function startControllerLink(options: LinkOptions, events: LinkEvents): ControllerLink {
  const client = new AgentServiceClient(
    options.address,
    credentials.createSsl(
      Buffer.from(options.caPem),
      Buffer.from(options.keyPem),
      Buffer.from(options.certificatePem),
    ),
    CHANNEL_OPTIONS,
  );
  const session = holdSession(client, options, events);
  return {
    send: session.send,
    report: (report) => callReport(client, report),
    close: () => {
      session.close();
      client.close();
    },
  };
}

function holdSession(client: AgentServiceClient, options: LinkOptions, events: LinkEvents) {
  let call: Call | null = null;
  let closed = false;
  let failures = 0;
  let retry: NodeJS.Timeout | null = null;
  let heartbeat: NodeJS.Timeout | null = null;

  const beat = (everyMs: number) => {
    if (heartbeat !== null) clearInterval(heartbeat);
    heartbeat = setInterval(
      () => call?.write({ message: { $case: "heartbeat", value: {} } }),
      everyMs,
    );
  };
  const lose = (lost: Call, problem: Problem | null) => {
    if (call !== lost) return;
    call = null;
    if (heartbeat !== null) clearInterval(heartbeat);
    if (closed) return;
    if (problem !== null && FATAL.has(problem.code)) return events.refused(problem);
    const waitMs = backoffMs(failures++, options.random);
    if (failures === 1)
      options.log.warn({ address: options.address, detail: problem?.detail }, "controller away");
    retry = setTimeout(dial, waitMs);
  };
  const receive = (response: AttachResponse) => {
    if (response.message?.$case === "welcome") {
      failures = 0;
      beat(response.message.value.heartbeatMs);
      options.log.info({ address: options.address }, "controller connected");
    }
    events.received(response.message);
  };
  function dial(): void {
    const dialed = client.attach();
    call = dialed;
    dialed.on("data", receive);
    dialed.on("error", (error) => lose(dialed, parseProblemStatus(error)));
    dialed.on("end", () => lose(dialed, null));
    dialed.write({ message: { $case: "hello", value: events.hello() } });
    beat(HEARTBEAT_MS);
  }
  dial();
  return {
    send: (message: AttachRequest["message"]) => void call?.write({ message }),
    close: () => {
      closed = true;
      if (retry !== null) clearTimeout(retry);
      if (heartbeat !== null) clearInterval(heartbeat);
      call?.cancel();
    },
  };
}

export function backoffMs(failures: number, random: () => number): number {
  const fullMs = Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * BACKOFF_FACTOR ** failures);
  return fullMs * (0.5 + random() / 2);
}

function callReport(
  client: AgentServiceClient,
  report: ReportResultRequest,
): Promise<Result<void>> {
  return new Promise((resolve) => {
    client.reportResult(
      report,
      new Metadata(),
      { deadline: Date.now() + REPORT_DEADLINE_MS },
      (error) => resolve(error === null ? ok(undefined) : fail(parseProblemStatus(error))),
    );
  });
}
