import { isIdentityName } from "@stickfarm/common/identity";
import { fail, ok } from "@stickfarm/common/result";
import type { AgentView } from "@stickfarm/proto/stickfarm/v1/operator";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import type { AgentEntry } from "../store/agents-store.ts";
import type { OpenJob } from "../store/build-entries.ts";
import type { Farm } from "./farm.ts";

type Answers = Pick<OperatorAnswers, "createAgentToken" | "listAgents">;

/** Makes a one-time token: what the operator carries to the workstation, and the hash that is stored. */
export type MakeToken = (agent: string) => { readonly token: string; readonly hash: string };

const TTL_DEFAULT_SECONDS = 900;
const TTL_MIN_SECONDS = 60;
const TTL_MAX_SECONDS = 86_400;

export function answerAgents(farm: Farm, makeToken: MakeToken): Answers {
  return {
    createAgentToken: async ({ name, ttlSeconds }) => {
      const ttl = ttlSeconds === 0 ? TTL_DEFAULT_SECONDS : ttlSeconds;
      if (!isIdentityName(name))
        return fail({
          code: "name_invalid",
          detail: `Cannot make a token for "${name}": that is no name`,
        });
      if (ttl < TTL_MIN_SECONDS || ttl > TTL_MAX_SECONDS)
        return fail({
          code: "usage",
          detail: `Cannot make a token that is good for ${ttl} s: it must be ${TTL_MIN_SECONDS} to ${TTL_MAX_SECONDS} s`,
        });
      const expiresAtMs = farm.nowMs() + ttl * 1000;
      const { token, hash } = makeToken(name);
      await farm.store.agents.addToken(hash, name, expiresAtMs);
      return ok({ token, expiresAtMs });
    },
    listAgents: async () => {
      const jobs = await farm.store.builds.openJobs();
      const agents = await farm.store.agents.list();
      return ok({ agents: agents.map((agent) => viewAgent(farm, agent, jobs)) });
    },
  };
}

function viewAgent(farm: Farm, agent: AgentEntry, jobs: readonly OpenJob[]): AgentView {
  const live = farm.sessions.find(agent.name);
  const active = jobs.filter((job) => job.agent === agent.name && job.state.kind !== "pending");
  const away = agent.seenAtMs === 0 ? "never-seen" : "disconnected";
  return {
    name: agent.name,
    state: live === undefined ? away : "connected",
    version: live?.version ?? agent.version,
    driveCount: live?.drives.length ?? 0,
    activeCount: active.length,
    seenAtMs: live === undefined ? agent.seenAtMs : farm.nowMs(),
  };
}
