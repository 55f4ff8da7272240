import type { ServerWritableStream } from "@grpc/grpc-js";
import type { Result } from "@stickfarm/common/result";
import type {
  OperatorServiceServer,
  OperatorServiceService,
  WatchBuildRequest,
  WatchBuildResponse,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { type Answer, faultOf, type Outlet, statusOf, unary } from "./unary.ts";

type Methods = typeof OperatorServiceService;

/** What an operator can ask, one function a method. Leaving one out does not compile. */
export type OperatorAnswers = {
  readonly [Name in Exclude<keyof Methods, "watchBuild">]: Answer<
    ReturnType<Methods[Name]["requestDeserialize"]>,
    Parameters<Methods[Name]["responseSerialize"]>[0],
    void
  >;
} & {
  /** Views until the build has ended or the signal aborts. */
  readonly watchBuild: (
    request: WatchBuildRequest,
    signal: AbortSignal,
  ) => Promise<Result<AsyncIterable<WatchBuildResponse>>>;
};

export function operatorService(answers: OperatorAnswers, outlet: Outlet): OperatorServiceServer {
  const serve = <Request, Response>(answer: Answer<Request, Response, void>) =>
    unary(answer, () => undefined, outlet);
  return {
    registerContent: serve(answers.registerContent),
    listContents: serve(answers.listContents),
    getContent: serve(answers.getContent),
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
    watchBuild: (call) => void serveWatch(answers, call, outlet),
    listBuilds: serve(answers.listBuilds),
    getBuild: serve(answers.getBuild),
    getBuildLog: serve(answers.getBuildLog),
    cancelBuild: serve(answers.cancelBuild),
    retryBuild: serve(answers.retryBuild),
    createAgentToken: serve(answers.createAgentToken),
    listAgents: serve(answers.listAgents),
    listDrives: serve(answers.listDrives),
  };
}

type WatchCall = ServerWritableStream<WatchBuildRequest, WatchBuildResponse>;

async function serveWatch(
  answers: OperatorAnswers,
  call: WatchCall,
  outlet: Outlet,
): Promise<void> {
  const abort = new AbortController();
  call.on("cancelled", () => abort.abort());
  try {
    const views = await answers.watchBuild(call.request, abort.signal);
    if (!views.ok) {
      call.emit("error", statusOf(views.problem, outlet));
      return;
    }
    for await (const view of views.value) {
      if (!call.write(view)) await drained(call, abort.signal);
    }
    call.end();
  } catch (error) {
    if (!abort.signal.aborted) call.emit("error", statusOf(faultOf(error, call.getPath()), outlet));
  }
}

/** A slow watcher gets fewer views, not a longer queue. */
function drained(call: WatchCall, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    call.once("drain", done);
    signal.addEventListener("abort", done, { once: true });
  });
}
