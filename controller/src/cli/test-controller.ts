import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Problem } from "@stickfarm/common/problem";
import { ok, type Result } from "@stickfarm/common/result";
import { PROBLEM_METADATA_KEY, renderProblemStatus } from "@stickfarm/common/wire/problem-status";
import {
  OperatorServiceService,
  type WatchBuildRequest,
  type WatchBuildResponse,
} from "@stickfarm/proto/stickfarm/v1/operator";
import { createTestFarm } from "../trust/test-farm.ts";
import { type OperatorConfig, openController } from "./connect/controller.ts";
import { runProgram } from "./run-program.ts";
import { makeIo, type TestIo, type TestIoFields } from "./test-cli.ts";

type Service = typeof OperatorServiceService;
type UnaryName = Exclude<keyof Service, "watchBuild">;
type RequestOf<Name extends UnaryName> = ReturnType<Service[Name]["requestDeserialize"]>;
type ResponseOf<Name extends UnaryName> = ReturnType<Service[Name]["responseDeserialize"]>;

/** What the controller of a test answers; what is not given is unimplemented. */
export type Answers = {
  readonly [Name in UnaryName]?: (request: RequestOf<Name>) => Result<ResponseOf<Name>>;
} & {
  /** Views one after the other; `null` breaks the connection as a restart would. */
  readonly watchBuild?: (request: WatchBuildRequest) => AsyncIterable<WatchBuildResponse | null>;
};

/** For tests: a controller behind TLS on a free port, with commands that are run against it. */
export type TestController = {
  readonly config: OperatorConfig;
  readonly run: (args: readonly string[], fields?: TestIoFields) => Promise<Ended>;
  readonly start: (args: readonly string[], fields?: TestIoFields) => Started;
};

type OnTestFinished = (close: () => void) => void;

export type Ended = { readonly status: number; readonly stdout: string; readonly stderr: string };
export type Started = TestIo & { readonly ended: Promise<Ended> };

export async function startTestController(
  onTestFinished: OnTestFinished,
  answers: Answers,
): Promise<TestController> {
  const farm = await createTestFarm();
  const server = new Server();
  server.addService(OperatorServiceService, implement(answers));
  const port = await new Promise<number>((resolve, reject) => {
    const { caPem, certificatePem, keyPem } = farm.tls;
    const pair = { cert_chain: Buffer.from(certificatePem), private_key: Buffer.from(keyPem) };
    const credentials = ServerCredentials.createSsl(Buffer.from(caPem), [pair], true);
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const operator = await farm.operator("test");
  const config = { controller: `127.0.0.1:${port}`, caPem: farm.authority.caPem, ...operator };
  const start: TestController["start"] = (args, fields) => startProgram(config, args, fields);
  onTestFinished(() => server.forceShutdown());
  return { config, start, run: (args, fields) => start(args, fields).ended };
}

/** Runs the whole program in this process, wired to the given controller. */
export function startProgram(
  config: OperatorConfig,
  args: readonly string[],
  fields?: TestIoFields,
): Started {
  const testIo = makeIo(fields);
  const services = { openController: async () => ok(openController(config)) };
  const ended = runProgram(args, testIo.io, services).then((status) => ({
    status,
    stdout: testIo.stdout(),
    stderr: testIo.stderr(),
  }));
  return { ...testIo, ended };
}

type Callback = sendUnaryData<unknown>;

function implement(answers: Answers): UntypedServiceImplementation {
  const methods = Object.keys(OperatorServiceService).map((name) => [
    name,
    name === "watchBuild" ? streamOf(answers.watchBuild) : unaryOf(Reflect.get(answers, name)),
  ]);
  return Object.fromEntries(methods);
}

function unaryOf(answer: unknown) {
  return (call: ServerUnaryCall<unknown, unknown>, callback: Callback) => {
    if (typeof answer !== "function") return callback({ code: 12, details: "not in this test" });
    const result: Result<unknown> = answer(call.request);
    return result.ok ? callback(null, result.value) : callback(errorOf(result.problem));
  };
}

function streamOf(watch: Answers["watchBuild"]) {
  return async (call: ServerWritableStream<WatchBuildRequest, WatchBuildResponse>) => {
    for await (const response of watch?.(call.request) ?? []) {
      if (response === null) return void call.emit("error", { code: 14, details: "away" });
      call.write(response);
    }
    return call.end();
  };
}

function errorOf(problem: Problem) {
  const { code, details, problemBytes } = renderProblemStatus(problem);
  const metadata = new Metadata();
  metadata.set(PROBLEM_METADATA_KEY, Buffer.from(problemBytes));
  return { code, details, metadata };
}
