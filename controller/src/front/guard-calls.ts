import {
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Problem } from "@stickfarm/common/problem";
import { PROBLEM_METADATA_KEY, renderProblemStatus } from "@stickfarm/common/wire/problem-status";
import { type Access, checkAccess } from "./check-access.ts";
import type { Peer } from "./read-peer.ts";

/** A gRPC service and who may call it. A method can be registered in no other way, so that none is open by mistake. */
export type FrontService = {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  readonly access: Access;
};

/** Refuse, before a message is read, every call whose peer lacks the role of its service. */
export function guardCalls(
  services: readonly FrontService[],
  peerOf: (call: ServerInterceptingCallInterface) => Peer,
): ServerInterceptor {
  const accessByPath = new Map(
    services.flatMap(({ definition, access }) =>
      Object.values(definition).map(({ path }) => [path, access] as const),
    ),
  );
  return (method, call) => {
    const access = accessByPath.get(method.path) ?? null;
    const allowed = checkAccess(nameOf(method.path), access, peerOf(call));
    return allowed.ok ? new ServerInterceptingCall(call) : refuse(call, allowed.problem);
  };
}

/** "ListAgents" of "/stickfarm.v1.OperatorService/ListAgents". */
function nameOf(path: string): string {
  return `"${path.slice(path.lastIndexOf("/") + 1)}"`;
}

function refuse(call: ServerInterceptingCallInterface, problem: Problem): ServerInterceptingCall {
  const { code, details, problemBytes } = renderProblemStatus(problem);
  const metadata = new Metadata();
  metadata.set(PROBLEM_METADATA_KEY, Buffer.from(problemBytes));
  return new ServerInterceptingCall(call, {
    start: (next) =>
      next({ onReceiveMetadata: () => call.sendStatus({ code, details, metadata }) }),
  });
}
