import type { AttemptPhase } from "@stickfarm/common/build/attempt-phase";
import type { Drive } from "@stickfarm/common/drive/drive";
import type { Problem } from "@stickfarm/common/problem";
import type { AttachResponse } from "@stickfarm/proto/stickfarm/v1/agent";

/** An agent that is connected now. */
export type LiveAgent = {
  readonly name: string;
  readonly incarnation: string;
  readonly version: string;
  readonly drives: readonly Drive[];
  /** What it can do beside what every agent can. */
  readonly abilities: readonly string[];
  readonly send: (message: AttachResponse["message"]) => void;
  readonly end: (problem: Problem) => void;
};

export type ReachedPhase = { readonly attempt: number; readonly phase: AttemptPhase };

/** Who is connected. In memory on purpose: a controller that starts again knows nothing until agents say Hello. */
export class AgentSessions {
  readonly #live = new Map<string, LiveAgent>();
  /** By job: the newest phase that its agent told of; a picture, as progress is. */
  readonly #phases = new Map<string, ReachedPhase>();

  /**
   * Take an agent's new session; an older one of the same agent is ended. Incarnations sort by time of start.
   *
   * Problems: agent_superseded, when the session that exists belongs to a younger run.
   */
  take(agent: LiveAgent): Problem | null {
    const before = this.#live.get(agent.name);
    if (before !== undefined && before.incarnation > agent.incarnation)
      return superseded(agent.name);
    this.#live.set(agent.name, agent);
    before?.end(superseded(agent.name));
    return null;
  }

  /** Forget a session, unless another has taken its place. */
  drop(agent: LiveAgent): void {
    const current = this.#live.get(agent.name);
    if (current?.send === agent.send) this.#live.delete(agent.name);
  }

  seeDrives(agent: LiveAgent, drives: readonly Drive[]): void {
    const current = this.#live.get(agent.name);
    if (current?.send === agent.send) this.#live.set(agent.name, { ...current, drives });
  }

  reach(jobId: string, reached: ReachedPhase): void {
    const before = this.#phases.get(jobId);
    if (before === undefined || before.attempt <= reached.attempt) this.#phases.set(jobId, reached);
  }

  phaseOf(jobId: string, attempt: number): AttemptPhase | null {
    const reached = this.#phases.get(jobId);
    return reached?.attempt === attempt ? reached.phase : null;
  }

  /** What was told of an ended job is no longer shown. */
  forget(jobId: string): void {
    this.#phases.delete(jobId);
  }

  find(name: string): LiveAgent | undefined {
    return this.#live.get(name);
  }

  list(): readonly LiveAgent[] {
    return [...this.#live.values()];
  }
}

function superseded(name: string): Problem {
  return {
    code: "agent_superseded",
    detail: `Cannot hold this session of agent "${name}": another run of it has connected`,
  };
}
