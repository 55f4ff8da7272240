import { PassThrough } from "node:stream";
import { expect, test, vi } from "vitest";
import { openCommandInbox } from "./command-inbox.ts";
import { renderCommand, type WriterOrder } from "./writer-protocol.ts";

const order = { cacheDirectory: "/cache", stamps: [] as const } as unknown as WriterOrder;
const words = (...kinds: readonly ("begin" | "seal" | "stop")[]) =>
  kinds.map((kind) => renderCommand({ kind })).join("");

function openInbox() {
  const stdin = new PassThrough();
  const onEnd = vi.fn();
  return { stdin, onEnd, inbox: openCommandInbox(stdin, onEnd) };
}

test("openCommandInbox() reads a command that comes in pieces, and several that come at once", async () => {
  const { stdin, inbox } = openInbox();
  const text = renderCommand({ kind: "order", order });
  for (const piece of [
    text.slice(0, 5),
    text.slice(5, 20),
    text.slice(20) + words("begin", "seal"),
  ])
    stdin.write(piece);
  expect(await inbox.order).toEqual(order);
  expect(await Promise.all([inbox.begun, inbox.sealed])).toEqual(["begin", "seal"]);
  expect(inbox.signal.aborted).toBe(false);
});

test("openCommandInbox() hears a stop, unless it comes after the seal", async () => {
  const told = openInbox();
  told.stdin.write(words("stop"));
  expect(await told.inbox.stopped).toBe("stop");
  expect(told.inbox.signal.aborted).toBe(true);
  const late = openInbox();
  late.stdin.write(words("seal", "stop"));
  await late.inbox.sealed;
  await new Promise(setImmediate);
  expect(late.inbox.signal.aborted).toBe(false);
});

test("openCommandInbox() says once that the agent has gone, or that its pipe broke", async () => {
  const ended = openInbox();
  ended.stdin.end();
  await vi.waitFor(() => expect(ended.onEnd).toHaveBeenCalledTimes(1));
  const broken = openInbox();
  broken.stdin.destroy(new Error("EPIPE"));
  await vi.waitFor(() => expect(broken.onEnd).toHaveBeenCalledTimes(1));
});
