import {
  Metadata,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Problem } from "@stickfarm/common/problem";
import { ok, type Result } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { PROBLEM_METADATA_KEY, renderProblemStatus } from "@stickfarm/common/wire/problem-status";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { pino } from "pino";
import { type Library, openLibrary } from "../content/library.ts";
import { serveContent } from "../content/serve-content.ts";
import { openFront } from "../front/open-front.ts";
import type { OperatorConfig } from "../trust/operator-config.ts";
import { createTestFarm } from "../trust/test-farm.ts";
import { openController } from "./connect/controller.ts";
import { runProgram } from "./run-program.ts";
import { makeIo, type TestIo, type TestIoFields } from "./test-cli.ts";

type Service = typeof OperatorServiceService;
type StreamName = "watchBuild" | "distributeContent" | "checkContents" | "locateDrive";
type UnaryName = Exclude<keyof Service, StreamName>;
type RequestOf<Name extends keyof Service> = ReturnType<Service[Name]["requestDeserialize"]>;
type ResponseOf<Name extends keyof Service> = ReturnType<Service[Name]["responseDeserialize"]>;

/** What the controller of a test answers; what is not given is unimplemented. */
export type Answers = {
  readonly [Name in UnaryName]?: (request: RequestOf<Name>) => Result<ResponseOf<Name>>;
} & {
  /** Messages one after the other; `null` breaks the connection as a restart would. */
  readonly [Name in StreamName]?: (
    request: RequestOf<Name>,
  ) => AsyncIterable<ResponseOf<Name> | null>;
};

/** For tests: a port as a controller has it, with its content routes and made-up answers behind it. */
export type TestController = {
  readonly config: OperatorConfig;
  /** What was uploaded. */
  readonly library: Library;
  readonly run: (args: readonly string[], fields?: TestIoFields) => Promise<Ended>;
  readonly start: (args: readonly string[], fields?: TestIoFields) => Started;
};

type OnTestFinished = (close: () => Promise<void>) => void;

export type Ended = { readonly status: number; readonly stdout: string; readonly stderr: string };
export type Started = TestIo & { readonly ended: Promise<Ended> };

export async function startTestController(
  onTestFinished: OnTestFinished,
  answers: Answers,
): Promise<TestController> {
  const farm = await createTestFarm();
  const library = must(await openLibrary(await makeTemporaryFolder(onTestFinished)));
  const front = must(
    await openFront({
      listen: { host: "127.0.0.1", port: 0 },
      tls: farm.tls,
      services: [
        {
          definition: OperatorServiceService,
          implementation: implement(answers),
          access: "operator",
        },
      ],
      handleHttp: serveContent(library),
      log: pino({ level: "silent" }),
    }),
  );
  onTestFinished(() => front.close(0));
  const { caPem } = farm.authority;
  const config = { controller: front.address, caPem, ...(await farm.operator("test")) };
  const start: TestController["start"] = (args, fields) => startProgram(config, args, fields);
  return { config, library, start, run: (args, fields) => start(args, fields).ended };
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

function must<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(result.problem.detail);
  return result.value;
}

type Callback = sendUnaryData<unknown>;
const STREAMS: readonly string[] = [
  "watchBuild",
  "distributeContent",
  "checkContents",
  "locateDrive",
];

function implement(answers: Answers): UntypedServiceImplementation {
  const methods = Object.keys(OperatorServiceService).map((name) => [
    name,
    (STREAMS.includes(name) ? streamOf : unaryOf)(Reflect.get(answers, name)),
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

function streamOf(answer: unknown) {
  return async (call: ServerWritableStream<unknown, unknown>) => {
    const messages: AsyncIterable<unknown> | [] =
      typeof answer === "function" ? answer(call.request) : [];
    for await (const response of messages) {
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
