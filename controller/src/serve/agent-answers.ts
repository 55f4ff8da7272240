import { createHash } from "node:crypto";
import type { AttemptReport } from "@stickfarm/common/build/attempt-report";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { phaseFromWire, reportFromWire } from "@stickfarm/common/wire/attempt";
import { driveFromWire } from "@stickfarm/common/wire/drive";
import { problemFromWire } from "@stickfarm/common/wire/problem";
import type {
  AttachRequest,
  Hello,
  LeaseRequest,
  ReportResultRequest,
} from "@stickfarm/proto/stickfarm/v1/agent";
import type { AgentAnswers, AgentSession, SessionLink } from "../grpc/agent-service.ts";
import type { LiveAgent } from "./agent-sessions.ts";
import type { Farm } from "./farm.ts";
import { sendOrders } from "./send-orders.ts";

export type AgentSettings = {
  readonly version: string;
  /** 0: none, or `natsUrl` is set. */
  readonly natsPort: number;
  /** Empty: the embedded server, or none. */
  readonly natsUrl: string;
};

const PROTOCOL = 1;
const HEARTBEAT_MS = 10_000;
/** GitHub's runner renews within a minute; an attempt needs only the time between the grant and its first byte. */
const LEASE_MS = 45_000;
/** When an agent was seen is written down this often at most. */
const SEEN_EVERY_MS = 30_000;

export function agentAnswers(farm: Farm, settings: AgentSettings): AgentAnswers {
  return {
    openSession: (agent, hello, link) => openSession(farm, settings, { agent, hello, link }),
    reportResult: (request, agent) => reportResult(farm, agent, request),
  };
}

type Opening = { readonly agent: string; readonly hello: Hello; readonly link: SessionLink };

async function openSession(
  farm: Farm,
  settings: AgentSettings,
  { agent, hello, link }: Opening,
): Promise<Result<AgentSession>> {
  if (hello.protocol < PROTOCOL)
    return fail({
      code: "protocol_unsupported",
      detail: `Cannot work with agent "${agent}": it speaks protocol ${hello.protocol}, this controller ${PROTOCOL}`,
    });
  if ((await farm.store.agents.find(agent)) === null)
    return fail({
      code: "agent_unknown",
      detail: `Cannot open a session of agent "${agent}": it is not enrolled here`,
    });
  const live: LiveAgent = {
    name: agent,
    incarnation: hello.incarnation,
    version: hello.version,
    drives: hello.drives.map(driveFromWire),
    abilities: hello.abilities,
    ...link,
  };
  await farm.store.agents.noteSession(live, farm.nowMs());
  await farm.store.agents.noteDrives(agent, live.drives, farm.nowMs());
  const problem = farm.sessions.take(live);
  if (problem !== null) return fail(problem);
  link.send({
    $case: "welcome",
    value: {
      controllerVersion: settings.version,
      protocol: PROTOCOL,
      heartbeatMs: HEARTBEAT_MS,
      natsPort: settings.natsPort,
      natsUrl: settings.natsUrl,
    },
  });
  await sendOrders(farm, agent, await farm.store.builds.openAttempts(agent), true);
  farm.log.info(
    { agent, incarnation: hello.incarnation, drives: live.drives.length },
    "agent connected",
  );
  farm.changed.raise();
  return ok(sessionOf(farm, live));
}

function sessionOf(farm: Farm, live: LiveAgent): AgentSession {
  let notedAtMs = farm.nowMs();
  return {
    handle: async (message) => {
      if (farm.nowMs() - notedAtMs > SEEN_EVERY_MS) {
        notedAtMs = farm.nowMs();
        await farm.store.agents.noteSeen(live.name, notedAtMs);
      }
      await handle(farm, live, message);
    },
    close: () => {
      farm.sessions.drop(live);
      farm.log.info({ agent: live.name }, "agent disconnected");
      farm.changed.raise();
    },
  };
}

async function handle(
  farm: Farm,
  live: LiveAgent,
  message: AttachRequest["message"],
): Promise<void> {
  switch (message?.$case) {
    case "drivesSeen": {
      const drives = message.value.drives.map(driveFromWire);
      await farm.store.agents.noteDrives(live.name, drives, farm.nowMs());
      farm.sessions.seeDrives(live, drives);
      farm.changed.raise();
      return;
    }
    case "leaseRequest":
      await grantLease(farm, live, message.value);
      return;
    case "attemptUpdate": {
      const { jobId, attempt, fence } = message.value;
      const phase = phaseFromWire(message.value.phase);
      if (phase === null || (await farm.store.builds.agentOf(jobId)) !== live.name) return;
      const { warning: wire } = message.value;
      const warning = wire === undefined ? null : problemFromWire(wire);
      const told = { agent: live.name, jobId, attempt, fence, phase, warning };
      // That an attempt has ended is told by its result, with how.
      if (phase !== "ended") await farm.store.builds.notePhase(told, farm.nowMs());
      farm.sessions.reach(jobId, { attempt, phase });
      farm.progressed.raise();
      return;
    }
    case "locateEnded": {
      const { locateId, problem } = message.value;
      farm.locates.end(locateId, problem === undefined ? null : problemFromWire(problem));
      return;
    }
    // A second Hello, or a message of a newer program, says nothing that this one must act on.
    case "hello":
    case "heartbeat":
    case undefined:
      return;
  }
}

async function grantLease(farm: Farm, live: LiveAgent, request: LeaseRequest): Promise<void> {
  const by = { agent: live.name, incarnation: live.incarnation };
  const granted = await farm.store.builds.grantLease(request, by, farm.nowMs());
  const { jobId, attempt, fence } = request;
  farm.log.info({ jobId, attempt, fence, granted }, "lease asked for");
  live.send({
    $case: "leaseGrant",
    value: { jobId, attempt, fence, leaseMs: granted ? LEASE_MS : 0 },
  });
  if (granted) farm.changed.raise();
}

async function reportResult(
  farm: Farm,
  agent: string,
  request: ReportResultRequest,
): Promise<Result<Record<string, never>>> {
  const report = reportFromWire(request);
  if (!report.ok) return report;
  const owner = await farm.store.builds.agentOf(request.jobId);
  if (owner !== agent)
    return fail({
      code: "attempt_unknown",
      detail: `Cannot record attempt ${request.attempt} of job "${request.jobId}": it was not given to agent "${agent}"`,
    });
  const stored = await farm.store.builds.recordResult(
    { ...report.value, bodyHash: hashOf(report.value) },
    farm.nowMs(),
  );
  if (!stored.ok) return stored;
  const { jobId, attempt, outcome } = report.value;
  farm.log.info({ agent, jobId, attempt, outcome: outcome.kind }, "result recorded");
  farm.sessions.forget(jobId);
  farm.changed.raise();
  return ok({});
}

function hashOf(report: AttemptReport): string {
  return createHash("sha256").update(JSON.stringify(report)).digest("hex");
}
