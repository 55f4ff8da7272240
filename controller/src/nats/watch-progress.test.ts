import { encodeUser, fmtCreds } from "@nats-io/jwt";
import { createUser, fromSeed } from "@nats-io/nkeys";
import { Secret } from "@stickfarm/common/secret";
import {
  type ProgressEvent,
  renderProgressEvent,
  renderProgressSubject,
} from "@stickfarm/common/wire/progress";
import { Events, type NatsConnection } from "nats";
import { expect, onTestFinished, test, vi } from "vitest";
import { progressOf, startTestNats, type TestNats } from "./nats-fixture.ts";
import { startProgressWatch } from "./watch-progress.ts";

/** More than the server pushes in one go. */
const JOBS = 1_200;
const WITHIN = { timeout: 15_000, interval: 20 };

test("startProgressWatch() gives the last event of each job, also of before it came, and then live ones", async () => {
  const farm = await startTestNats();
  const agent = await farm.agent("ws-1");
  const early = watch(farm);
  await vi.waitFor(() => expect(early.isUp(), `${farm.warnings}`).toBe(true), WITHIN);
  for (const seq of [1, 2, 3]) await publish(agent, progressOf({ jobId: "a", seq }));
  await publish(agent, progressOf({ jobId: "b", seq: 7 }));
  await vi.waitFor(() => expect(early.seen()).toEqual(["a1", "a2", "a3", "b7"]), WITHIN);
  await early.close();

  const late = watch(farm);
  await vi.waitFor(() => expect(late.seen()).toEqual(["a3", "b7"]), WITHIN);
  await publish(agent, progressOf({ jobId: "a", seq: 4 }));
  await vi.waitFor(() => expect(late.seen()).toEqual(["a3", "b7", "a4"]), WITHIN);
});

test("startProgressWatch() goes on after the server was killed", async () => {
  const farm = await startTestNats();
  const watched = watch(farm);
  const agent = await farm.agent("ws-1");
  await vi.waitFor(() => expect(watched.isUp(), `${farm.warnings}`).toBe(true), WITHIN);
  process.kill(farm.nats.pid(), "SIGKILL");
  await agent.closed();
  const back = await vi.waitFor(() => farm.agent("ws-1"), WITHIN);
  await vi.waitFor(async () => {
    // Once a second from a real agent: what comes before the controller is back may be lost.
    await publish(back, progressOf({ jobId: "after" }));
    expect(watched.seen()).toContain("after1");
  }, WITHIN);
});

test("an agent's credential publishes nothing under another's name, and what names another agent is dropped", async () => {
  const farm = await startTestNats();
  const watched = watch(farm);
  await vi.waitFor(() => expect(watched.isUp(), `${farm.warnings}`).toBe(true), WITHIN);
  const agent = await farm.agent("ws-1");
  const refused = nextRefusal(agent);
  agent.publish(
    "stickfarm.v1.progress.ws-2.job",
    renderProgressEvent(progressOf({ agent: "ws-2" })),
  );
  expect(await refused).toBe("stickfarm.v1.progress.ws-2.job");
  agent.publish(
    "stickfarm.v1.progress.ws-1.job",
    renderProgressEvent(progressOf({ agent: "ws-2" })),
  );
  agent.publish("stickfarm.v1.progress.ws-1.job", new Uint8Array([123]));
  await publish(agent, progressOf({ jobId: "own" }));
  await vi.waitFor(() => expect(watched.seen()).toEqual(["own1"]), WITHIN);
});

test("an agent's credential hears neither another's inbox nor anybody's progress, nor asks JetStream", async () => {
  const { agent, nats } = await startTestNats();
  expect(nats.port).toBeGreaterThan(0);
  // Issued after the server has started: it knows the account's key, not the agents.
  const connection = await agent("ws-1");
  const subjects = ["_INBOX_ws-2.>", "_INBOX.>", ">", "stickfarm.v1.progress.ws-2.>", "$SYS.>"];
  for (const subject of subjects) {
    const refused = nextRefusal(connection);
    connection.subscribe(subject, { callback: () => undefined });
    expect(await refused).toBe(subject);
  }
  for (const subject of ["$JS.API.INFO", "$SYS.REQ.USER.INFO", "_INBOX_ws-2.x"]) {
    const refused = nextRefusal(connection);
    connection.publish(subject);
    expect(await refused).toBe(subject);
  }
  connection.subscribe("_INBOX_ws-1.>", { callback: () => undefined });
  await connection.flush();
});

test("startProgressWatch() holds up nobody when there is no server, and says so once", async () => {
  const { nats, controller, log, warnings } = await startTestNats();
  await nats.close();
  const watched = startProgressWatch({ ...controller, onEvent: () => undefined, log });
  await vi.waitFor(() => expect(warnings.join()).toContain("no progress"), WITHIN);
  await watched.close();
  expect(warnings.filter((words) => words.startsWith("no progress"))).toHaveLength(1);
});

test("startProgressWatch() gives the last event of each of many jobs", async () => {
  const farm = await startTestNats();
  await publishMany(farm);
  const late = watch(farm);
  await vi.waitFor(() => expect(new Set(late.seen()).size).toBe(JOBS), WITHIN);
});

test("startProgressWatch() closes in the midst of last events from a stuck server", async () => {
  const farm = await startTestNats();
  await publishMany(farm);
  const watched = watch(farm, () => process.kill(farm.nats.pid(), "SIGSTOP"));
  await vi.waitFor(() => expect(watched.seen()).not.toEqual([]), WITHIN);
  await watched.close();
  process.kill(farm.nats.pid(), "SIGCONT");
});

test("startProgressWatch() comes back when the server is killed in the midst of last events", async () => {
  const farm = await startTestNats();
  await publishMany(farm);
  const first = farm.nats.pid();
  const watched = watch(farm, () => {
    if (farm.nats.pid() === first) process.kill(first, "SIGKILL");
  });
  await vi.waitFor(() => expect(watched.seen()).not.toEqual([]), WITHIN);
  const upsBefore = watched.ups();
  await vi.waitFor(() => expect(watched.ups()).toBe(upsBefore + 1), WITHIN);
});

test("startProgressWatch() shows live progress by the text of a creds file whose user may not ask JetStream", async () => {
  const farm = await startTestNats();
  const user = createUser();
  const account = fromSeed(farm.authority.accountSeed.reveal());
  const jwt = await encodeUser("guest", user, account, { pub: { allow: ["nothing"] } });
  const credentials = { creds: new Secret(fmtCreds(jwt, user)) };
  const watched = watch({ ...farm, controller: { ...farm.controller, credentials } });
  await vi.waitFor(() => expect(farm.warnings.join()).toContain("but no last events"), WITHIN);
  await publish(await farm.agent("ws-1"), progressOf({ jobId: "live" }));
  await vi.waitFor(() => expect(watched.seen()).toEqual(["live1"]), WITHIN);
});

async function publishMany(farm: TestNats): Promise<void> {
  const early = watch(farm);
  const agent = await farm.agent("ws-1");
  await vi.waitFor(() => expect(early.isUp(), `${farm.warnings}`).toBe(true), WITHIN);
  await publish(agent, progressOf({ jobId: "first" }));
  await vi.waitFor(() => expect(early.seen()).toEqual(["first1"]), WITHIN);
  for (let job = 1; job < JOBS; job += 1) {
    const event = progressOf({ jobId: `${job}` });
    agent.publish(renderProgressSubject(event), renderProgressEvent(event));
  }
  await agent.flush();
  await early.close();
}

function watch(farm: TestNats, onEvent: () => void = () => undefined) {
  const events: ProgressEvent[] = [];
  let ups = 0;
  const info = (): void => {
    ups += 1;
  };
  const watched = startProgressWatch({
    ...farm.controller,
    onEvent: (event) => {
      events.push(event);
      onEvent();
    },
    log: { ...farm.log, info },
  });
  onTestFinished(() => watched.close());
  return {
    close: watched.close,
    isUp: () => ups > 0,
    ups: () => ups,
    seen: () => events.map(({ jobId, seq }) => `${jobId}${seq}`),
  };
}

async function publish(agent: NatsConnection, event: ProgressEvent): Promise<void> {
  agent.publish(renderProgressSubject(event), renderProgressEvent(event));
  await agent.flush();
}

/** The subject that the server refuses next. */
async function nextRefusal(connection: NatsConnection): Promise<string | undefined> {
  for await (const status of connection.status()) {
    if (status.type === Events.Error) return status.permissionContext?.subject;
  }
  return undefined;
}
