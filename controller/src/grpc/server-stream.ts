import type { ServerWritableStream } from "@grpc/grpc-js";
import { ok, type Result } from "@stickfarm/common/result";
import { faultOf, type Outlet, statusOf } from "./unary.ts";

/** What answers a method with many messages: until the iterable ends, a problem comes, or the signal aborts. */
export type StreamAnswer<Request, Response> = (
  request: Request,
  signal: AbortSignal,
) => Promise<Result<AsyncIterable<Result<Response>>>>;

/** Serve a method by a function that gives messages; the signal aborts when the caller leaves. */
export async function serveStream<Request, Response>(
  answer: StreamAnswer<Request, Response>,
  call: ServerWritableStream<Request, Response>,
  outlet: Outlet,
): Promise<void> {
  const abort = new AbortController();
  call.on("cancelled", () => abort.abort());
  try {
    const messages = await answer(call.request, abort.signal);
    if (!messages.ok) {
      call.emit("error", statusOf(messages.problem, outlet));
      return;
    }
    for await (const message of messages.value) {
      if (!message.ok) {
        call.emit("error", statusOf(message.problem, outlet));
        return;
      }
      if (!call.write(message.value)) await drained(call, abort.signal);
    }
    call.end();
  } catch (error) {
    if (!abort.signal.aborted) call.emit("error", statusOf(faultOf(error, call.getPath()), outlet));
  }
}

/** For messages that cannot fail. */
export async function* eachOk<Message>(
  messages: AsyncIterable<Message>,
): AsyncGenerator<Result<Message>> {
  for await (const message of messages) yield ok(message);
}

/** A slow reader gets fewer messages, not a longer queue. */
function drained<Request, Response>(
  call: ServerWritableStream<Request, Response>,
  signal: AbortSignal,
): Promise<void> {
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
