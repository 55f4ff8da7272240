import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Journal, openJournal } from "../journal/open-journal.ts";
import type { ClaimedStick, StickEvents } from "./claim-stick.ts";
import { type DeskPorts, OrderDesk } from "./order-desk.ts";

let directory: string;
let journal: Journal;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "stickfarm-desk-"));
  journal = await mustOpen();
});
afterEach(async () => {
  await journal.close();
  await rm(directory, { recursive: true, force: true });
});

test("OrderDesk carries an order out from content to seal, and reports it", async () => {
  const world = new World();
  await world.desk.take(order(1));
  await vi.waitFor(() => expect(outcomes()).toEqual([{ kind: "succeeded", proof: "read-back" }]));
  expect(world.acts).toEqual(["prepare", "lease", "claim", "begin", "seal", "release"]);
});

test("OrderDesk writes nothing twice for an order that comes again, before and after its end", async () => {
  const world = new World();
  await world.desk.take(order(1));
  await world.desk.take(order(1));
  await vi.waitFor(() => expect(outcomes()).toHaveLength(1));
  await world.desk.take(order(1));
  expect(world.acts.filter((act) => act === "begin")).toHaveLength(1);
});

test("OrderDesk refuses a fence that is not higher than the drive has seen, also after a restart", async () => {
  await new World().desk.take(order(5));
  await vi.waitFor(() => expect(outcomes()).toHaveLength(1));
  await journal.append({ kind: "acknowledged", jobId: "job-5", attempt: 1 });
  await journal.close();
  journal = await mustOpen();
  const world = new World();
  await world.desk.take(order(4));
  expect(outcomes()).toMatchObject([
    { kind: "failed", problem: { code: "fence_stale" }, dirty: false },
  ]);
  expect(world.acts).toEqual([]);
});

test("OrderDesk refuses a second order for a drive that is being written", async () => {
  const world = new World({ hold: true });
  await world.desk.take(order(1));
  await world.desk.take(order(2));
  expect(outcomes()).toMatchObject([
    { kind: "failed", problem: { code: "drive_busy" }, dirty: false },
  ]);
});

test("OrderDesk says in the journal that a stick will be destroyed before the writer begins", async () => {
  const world = new World();
  await world.desk.take(order(1));
  await vi.waitFor(() => expect(outcomes()).toHaveLength(1));
  expect(world.lastRecordAtBegin).toBe("destroying");
  expect(world.lastRecordAtSeal).toBe("sealing");
});

test("OrderDesk begins nothing when the controller gives no lease", async () => {
  const world = new World({ leaseMs: 0 });
  await world.desk.take(order(1));
  await vi.waitFor(() =>
    expect(outcomes()).toMatchObject([{ problem: { code: "lease_refused" }, dirty: false }]),
  );
  expect(world.acts).toEqual(["prepare", "lease"]);
});

test("OrderDesk does not begin an order that was canceled before it came", async () => {
  const world = new World();
  await world.desk.take({ ...order(1), cancel: true });
  await vi.waitFor(() => expect(outcomes()).toEqual([{ kind: "canceled", dirty: false }]));
  expect(world.acts).toEqual([]);
});

test("recover() calls a stick dirty that was cut off after its journal announced destruction", async () => {
  const world = new World();
  for (const fence of [1, 2]) await journal.append(accepted(fence));
  await journal.append({ kind: "destroying", jobId: "job-2", attempt: 1 });
  await world.desk.recover();
  expect(outcomes()).toMatchObject([
    { problem: { code: "agent_restarted" }, dirty: false },
    { problem: { code: "interrupted" }, dirty: true },
  ]);
  expect(world.acts).toEqual([]);
});

/** A desk whose drives are made of nothing: what it asks of the world is noted, and answered at once. */
class World {
  readonly acts: string[] = [];
  lastRecordAtBegin: string | undefined;
  lastRecordAtSeal: string | undefined;
  readonly desk: OrderDesk;

  constructor({ hold = false, leaseMs = 45_000 } = {}) {
    const ports: DeskPorts = {
      journal,
      prepare: async () => {
        this.acts.push("prepare");
        if (hold) await new Promise(() => undefined);
        return { ok: true, value: {} as never };
      },
      claim: async (taken, _content, events) => {
        this.acts.push("claim");
        return { ok: true, value: this.#stick(taken, events) };
      },
      requestLease: (taken) => {
        this.acts.push("lease");
        this.desk.grantLease({ ...taken, leaseMs });
      },
      phase: () => undefined,
      meter: { show: () => undefined, forget: () => undefined },
      reported: () => undefined,
      doubtCache: () => undefined,
      nowMs: () => 0,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    };
    this.desk = new OrderDesk(ports);
  }

  #stick(taken: AttemptOrder, events: StickEvents): ClaimedStick {
    const last = () => journal.state().held.get(`${taken.jobId}/1`)?.last;
    return {
      writer: {
        begin: () => {
          this.acts.push("begin");
          this.lastRecordAtBegin = last();
          events.event({ kind: "verified" });
        },
        seal: () => {
          this.acts.push("seal");
          this.lastRecordAtSeal = last();
          events.event({ kind: "sealed" });
        },
        stop: () => undefined,
        kill: () => undefined,
      },
      release: async () => {
        this.acts.push("release");
      },
    };
  }
}

function outcomes() {
  return [...journal.state().held.values()].flatMap(({ report }) => report?.outcome ?? []);
}

function order(fence: number): AttemptOrder {
  const consent = {
    driveId: "virtual-file:A1",
    bay: "1",
    serial: "A1",
    sizeBytes: 1,
    insertion: "1",
  };
  return {
    buildId: "b",
    jobId: `job-${fence}`,
    attempt: 1,
    fence,
    stickId: "0".repeat(32),
    consent,
    manifest: { sha256: "ab", sizeBytes: 1 },
    manifestSignature: new Uint8Array(),
    passport: new Uint8Array(),
    passportSignature: new Uint8Array(),
    orderedAtMs: 0,
    cancel: false,
  };
}

function accepted(fence: number) {
  const driveId = `virtual-file:${fence}`;
  return {
    kind: "accepted",
    jobId: `job-${fence}`,
    attempt: 1,
    fence,
    driveId,
    manifestSha256: "",
  } as const;
}

async function mustOpen(): Promise<Journal> {
  const opened = await openJournal(directory);
  if (!opened.ok) throw new Error(opened.problem.detail);
  return opened.value;
}
