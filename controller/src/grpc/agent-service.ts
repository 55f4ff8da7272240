import type { ServerDuplexStream, ServerUnaryCall } from "@grpc/grpc-js";
import type { Problem } from "@stickfarm/common/problem";
import type { Result } from "@stickfarm/common/result";
import type {
  AgentServiceServer,
  AttachRequest,
  AttachResponse,
  Hello,
  ReportResultRequest,
  ReportResultResponse,
} from "@stickfarm/proto/stickfarm/v1/agent";
import { type Answer, faultOf, type Outlet, statusOf, unary } from "./unary.ts";

/** One agent's session, as the shell holds it. */
export type AgentSession = {
  readonly handle: (message: AttachRequest["message"]) => Promise<void>;
  readonly close: () => void;
};

/** The way back: messages for the agent, and the end of its session. */
export type SessionLink = {
  readonly send: (message: AttachResponse["message"]) => void;
  readonly end: (problem: Problem) => void;
};

export type AgentAnswers = {
  readonly openSession: (
    agent: string,
    hello: Hello,
    link: SessionLink,
  ) => Promise<Result<AgentSession>>;
  readonly reportResult: Answer<ReportResultRequest, ReportResultResponse, string>;
};

type WithPeer = Pick<ServerUnaryCall<unknown, unknown>, "getAuthContext">;
type AttachCall = ServerDuplexStream<AttachRequest, AttachResponse>;

/** An agent sends a few small messages a second at most; more waits in the transport. */
const MESSAGES_QUEUED_MAX = 64;

/**
 * Serve agents. `nameOf` gives the name in the caller's certificate; the front has let nobody else in.
 *
 * Messages of a session are handled one after the other, in the order in which they came.
 */
export function agentService(
  answers: AgentAnswers,
  nameOf: (call: WithPeer) => string,
  outlet: Outlet,
): AgentServiceServer {
  return {
    attach: (call) => serveAttach(answers, nameOf(call), call, outlet),
    reportResult: unary(answers.reportResult, nameOf, outlet),
  };
}

function serveAttach(answers: AgentAnswers, agent: string, call: AttachCall, outlet: Outlet): void {
  let session: AgentSession | null = null;
  let ended = false;
  let queued = 0;
  let tail: Promise<void> = Promise.resolve();

  const finish = () => {
    ended = true;
    session?.close();
    session = null;
  };
  const end = (problem: Problem) => {
    if (ended) return;
    finish();
    call.emit("error", statusOf(problem, outlet));
  };
  const link: SessionLink = {
    send: (message) => {
      if (!ended) call.write({ message });
    },
    end,
  };
  const handle = async ({ message }: AttachRequest): Promise<void> => {
    if (ended) return;
    if (session !== null) return session.handle(message);
    if (message?.$case !== "hello") return end(notHello(agent));
    const opened = await answers.openSession(agent, message.value, link);
    if (!opened.ok) return end(opened.problem);
    if (ended) opened.value.close();
    else session = opened.value;
  };

  call.on("data", (request: AttachRequest) => {
    queued += 1;
    if (queued >= MESSAGES_QUEUED_MAX) call.pause();
    tail = tail
      .then(() => handle(request))
      .catch((error: unknown) => end(faultOf(error, call.getPath())))
      .finally(() => {
        queued -= 1;
        call.resume();
      });
  });
  call.on("end", () => {
    finish();
    call.end();
  });
  call.on("cancelled", finish);
  call.on("error", finish);
}

function notHello(agent: string): Problem {
  return {
    code: "protocol_unsupported",
    detail: `Cannot open a session of agent "${agent}": the first message must be Hello`,
  };
}
