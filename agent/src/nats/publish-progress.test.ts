import { createServer } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { progressOf, startTestNats, type TestNats } from "./nats-fixture.ts";
import { startProgressPublisher } from "./publish-progress.ts";

const WITHIN = { timeout: 15_000, interval: 20 };

test("startProgressPublisher() publishes what came before the server was there, the last of each job only", async () => {
  const nats = await startTestNats("ws-1");
  await nats.kill();
  const { publisher, warnings } = start(nats);
  for (const seq of [1, 2, 3]) publisher.publish(progressOf({ jobId: "a", seq }));
  publisher.publish(progressOf({ jobId: "b", seq: 9 }));
  await vi.waitFor(() => expect(warnings.join()).toContain("not shown"), WITHIN);
  await nats.start();
  await vi.waitFor(async () => expect(await nats.stored()).toEqual(["a3", "b9"]), WITHIN);
  expect(warnings).toHaveLength(1);
});

test("startProgressPublisher() goes on after the server was killed, and the last event is not lost", async () => {
  const nats = await startTestNats("ws-1");
  const { publisher } = start(nats);
  publisher.publish(progressOf({ seq: 1 }));
  await vi.waitFor(async () => expect(await nats.stored()).toEqual(["job1"]), WITHIN);
  await nats.kill();
  publisher.publish(progressOf({ seq: 2 }));
  await nats.start();
  await vi.waitFor(async () => expect(await nats.stored()).toEqual(["job1", "job2"]), WITHIN);
  publisher.publish(progressOf({ seq: 3 }));
  await vi.waitFor(async () => expect(await nats.stored()).toContain("job3"), WITHIN);
});

test("startProgressPublisher() sends a server that was stuck the last event, not all of them late", async () => {
  const nats = await startTestNats("ws-1");
  const { publisher } = start(nats);
  publisher.publish(progressOf({ seq: 1 }));
  await vi.waitFor(async () => expect(await nats.stored()).toEqual(["job1"]), WITHIN);
  nats.pause("SIGSTOP");
  for (let seq = 2; seq <= 1000; seq += 1) {
    publisher.publish(progressOf({ seq }));
    // Let it write what it would write.
    if (seq % 100 === 0) await new Promise(setImmediate);
  }
  nats.pause("SIGCONT");
  await vi.waitFor(async () => expect(await nats.stored()).toContain("job1000"), WITHIN);
  expect((await nats.stored()).length).toBeLessThan(10);
});

test("startProgressPublisher() neither throws nor waits without a server, and closes at once", async () => {
  const nats = await startTestNats("ws-1");
  await nats.kill();
  const { publisher } = start(nats);
  for (let seq = 1; seq <= 10_000; seq += 1) publisher.publish(progressOf({ seq }));
  await publisher.close();
  publisher.publish(progressOf({}));
});

test("startProgressPublisher() closes at once while a server that says nothing keeps it waiting", async () => {
  const nats = await startTestNats("ws-1");
  const mute = createServer();
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void mute.close());
  const address = mute.address();
  const port = typeof address === "object" ? address?.port : 0;
  const dialled = new Promise((resolve) => mute.once("connection", resolve));
  const publisher = startProgressPublisher({
    ...nats.publisher,
    servers: [`tls://127.0.0.1:${port}`],
    log: recordWarnings().log,
  });
  await dialled;
  await publisher.close();
});

test("startProgressPublisher() closes at once while a stuck server owes it an answer", async () => {
  const nats = await startTestNats("ws-1");
  const { publisher } = start(nats);
  publisher.publish(progressOf({ seq: 1 }));
  await vi.waitFor(async () => expect(await nats.stored()).toEqual(["job1"]), WITHIN);
  nats.pause("SIGSTOP");
  publisher.publish(progressOf({ seq: 2 }));
  await new Promise(setImmediate);
  await publisher.close();
});

test("startProgressPublisher() tells nothing to a server of another authority", async () => {
  const [nats, other] = [await startTestNats("ws-1"), await startTestNats("ws-1")];
  const { log, warnings } = recordWarnings();
  const publisher = startProgressPublisher({
    ...nats.publisher,
    servers: other.publisher.servers,
    log,
  });
  onTestFinished(() => publisher.close());
  await vi.waitFor(() => expect(warnings.join()).toMatch(/certificate|signed/), WITHIN);
});

function start(nats: TestNats) {
  const { log, warnings } = recordWarnings();
  const publisher = startProgressPublisher({ ...nats.publisher, log });
  onTestFinished(() => publisher.close());
  return { publisher, warnings };
}

function recordWarnings() {
  const warnings: string[] = [];
  const warn = (fields: object, message: string): void => {
    warnings.push(`${message} ${JSON.stringify(fields)}`);
  };
  return { log: { info: () => undefined, warn, error: warn }, warnings };
}
