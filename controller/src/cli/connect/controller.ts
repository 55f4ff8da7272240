import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { parseProblemStatus } from "@stickfarm/common/wire/problem-status";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import type { OperatorConfig } from "../../trust/operator-config.ts";

/** The controller as commands see it: every call is bounded, every failure is a `Problem` that names the address. */
export type Controller = {
  readonly config: OperatorConfig;
  readonly call: <Request, Response>(
    method: Method<Request, Response>,
    request: Request,
  ) => Promise<Result<Response>>;
  /** Hands over each message of a stream, one after the other, until it ends or the signal aborts it. */
  readonly follow: <Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: FollowOptions<Response>,
  ) => Promise<Result<void>>;
  readonly close: () => void;
};

/** A method of a generated service definition, such as `OperatorServiceService.plan`. */
export type Method<Request, Response> = {
  readonly path: string;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
};

type FollowOptions<Response> = {
  readonly signal: AbortSignal;
  /** A problem ends the stream. */
  readonly receive: (response: Response) => Result<void>;
};

/** Nothing hashes or copies but what compiles; more than this is no answer. */
const CALL_DEADLINE_MS = 60_000;
/** A compilation may split Windows images first, at the pace of the controller's disk. */
const COMPILE_DEADLINE_MS = 60 * 60_000;
const COMPILING: ReadonlySet<string> = new Set([
  OperatorServiceService.plan.path,
  OperatorServiceService.startBuild.path,
  OperatorServiceService.compileMedia.path,
]);
/** A tree of 100,000 files is about 15 MiB; grpc-js refuses more than 4 MiB by default. */
const MESSAGE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Open a channel to the controller. Nothing is sent before the first call.
 *
 * Problems: of the calls: controller_unreachable, unauthenticated, forbidden, and whatever the controller answers.
 */
export function openController(config: OperatorConfig): Controller {
  const client = new Client(config.controller, createCredentials(config), {
    "grpc.ssl_target_name_override": CONTROLLER_HOST,
    // A farm is reached directly; a proxy of the web in the environment is not meant for it.
    "grpc.enable_http_proxy": 0,
    "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
    "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
  });
  const toProblem = (error: unknown) => nameAddress(parseProblemStatus(error), config.controller);
  return {
    config,
    call: (method, request) => call(client, method, request, toProblem),
    follow: (method, request, options) =>
      follow(client, method, request, { ...options, toProblem }),
    close: () => client.close(),
  };
}

function createCredentials({ caPem, certificatePem, keyPem }: OperatorConfig) {
  return credentials.createSsl(
    Buffer.from(caPem),
    Buffer.from(keyPem),
    Buffer.from(certificatePem),
  );
}

function call<Request, Response>(
  client: Client,
  method: Method<Request, Response>,
  request: Request,
  toProblem: (error: unknown) => Problem,
): Promise<Result<Response>> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      new Metadata(),
      { deadline: Date.now() + deadlineMsOf(method.path) },
      (error, response) => resolve(response === undefined ? fail(toProblem(error)) : ok(response)),
    );
  });
}

function deadlineMsOf(path: string): number {
  return COMPILING.has(path) ? COMPILE_DEADLINE_MS : CALL_DEADLINE_MS;
}

async function follow<Request, Response>(
  client: Client,
  method: Method<Request, Response>,
  request: Request,
  {
    signal,
    receive,
    toProblem,
  }: FollowOptions<Response> & { toProblem: (error: unknown) => Problem },
): Promise<Result<void>> {
  const stream = client.makeServerStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    new Metadata(),
    {},
  );
  const cancel = () => stream.cancel();
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  try {
    for await (const response of stream) {
      const received = receive(response);
      if (!received.ok) return received;
    }
    return ok(undefined);
  } catch (error) {
    return signal.aborted ? ok(undefined) : fail(toProblem(error));
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

/** The transport does not say where it failed to connect to; the operator has to know. */
function nameAddress(problem: Problem, address: string): Problem {
  if (problem.code !== "controller_unreachable") return problem;
  const detail = problem.detail.replace(
    /^Cannot reach the controller:/,
    `Cannot reach the controller at "${address}":`,
  );
  return { ...problem, detail };
}
