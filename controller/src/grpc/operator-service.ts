import type { ServerUnaryCall } from "@grpc/grpc-js";
import type { Identity } from "@stickfarm/common/identity";
import type {
  OperatorServiceServer,
  OperatorServiceService,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { type StreamAnswer, serveStream } from "./server-stream.ts";
import { type Answer, type Outlet, unary } from "./unary.ts";

type WithPeer = Pick<ServerUnaryCall<unknown, unknown>, "getAuthContext">;
type Methods = typeof OperatorServiceService;

/** What an operator can ask, one function a method. Leaving one out does not compile. */
export type OperatorAnswers = {
  readonly [Name in Exclude<keyof Methods, Streamed>]: Answer<
    RequestOf<Name>,
    ResponseOf<Name>,
    Identity
  >;
} & { readonly [Name in Streamed]: StreamAnswer<RequestOf<Name>, ResponseOf<Name>> };

/** Methods that give many messages. */
type Streamed = "watchBuild" | "distributeContent" | "checkContents" | "locateDrive";
type RequestOf<Name extends keyof Methods> = ReturnType<Methods[Name]["requestDeserialize"]>;
type ResponseOf<Name extends keyof Methods> = Parameters<Methods[Name]["responseSerialize"]>[0];

/** Serve operators. `callerOf` gives who the caller's certificate names; the front has let nobody else in. */
export function operatorService(
  answers: OperatorAnswers,
  callerOf: (call: WithPeer) => Identity,
  outlet: Outlet,
): OperatorServiceServer {
  const serve = <Request, Response>(answer: Answer<Request, Response, Identity>) =>
    unary(answer, callerOf, outlet);
  return {
    registerContent: serve(answers.registerContent),
    listContents: serve(answers.listContents),
    getContent: serve(answers.getContent),
    distributeContent: (call) => void serveStream(answers.distributeContent, call, outlet),
    checkContents: (call) => void serveStream(answers.checkContents, call, outlet),
    addPoint: serve(answers.addPoint),
    listPoints: serve(answers.listPoints),
    removePoint: serve(answers.removePoint),
    setSecret: serve(answers.setSecret),
    listSecrets: serve(answers.listSecrets),
    removeSecret: serve(answers.removeSecret),
    applyMedia: serve(answers.applyMedia),
    listMedia: serve(answers.listMedia),
    getMedia: serve(answers.getMedia),
    compileMedia: serve(answers.compileMedia),
    applyTaskSequence: serve(answers.applyTaskSequence),
    listTaskSequences: serve(answers.listTaskSequences),
    getTaskSequence: serve(answers.getTaskSequence),
    listMediaCertificates: serve(answers.listMediaCertificates),
    recordBoot: serve(answers.recordBoot),
    getBoot: serve(answers.getBoot),
    plan: serve(answers.plan),
    startBuild: serve(answers.startBuild),
    watchBuild: (call) => void serveStream(answers.watchBuild, call, outlet),
    listBuilds: serve(answers.listBuilds),
    getBuild: serve(answers.getBuild),
    getBuildLog: serve(answers.getBuildLog),
    cancelBuild: serve(answers.cancelBuild),
    retryBuild: serve(answers.retryBuild),
    createAgentToken: serve(answers.createAgentToken),
    listAgents: serve(answers.listAgents),
    listDrives: serve(answers.listDrives),
    listSticks: serve(answers.listSticks),
    getStick: serve(answers.getStick),
    labelBay: serve(answers.labelBay),
    locateDrive: (call) => void serveStream(answers.locateDrive, call, outlet),
  };
}
