import type { AttemptOrder } from "@stickfarm/common/build/attempt-order";
import { PLAIN_POLICY } from "@stickfarm/common/build/write-policy";
import type { ProblemCode } from "@stickfarm/common/problem";
import { fail } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import { stallLimitsOf } from "../attempt/stall-watch.ts";
import { type Journal, openJournal } from "../journal/open-journal.ts";
import type { ClaimedStick, StickEvents } from "./claim-stick.ts";
import { type DeskPorts, OrderDesk } from "./order-desk.ts";

test("OrderDesk carries an order out from content to seal, and reports it", async () => {
  const world = new World(await openTestJournal());
  await world.desk.take(order(1));
  await vi.waitFor(() =>
    expect(world.outcomes()).toEqual([{ kind: "succeeded", proof: "read-back" }]),
  );
  expect(world.acts).toEqual(["prepare", "lease", "claim", "begin", "seal", "release"]);
});

test("OrderDesk writes nothing twice for an order that comes again, before and after its end", async () => {
  const world = new World(await openTestJournal());
  await world.desk.take(order(1));
  await world.desk.take(order(1));
  await vi.waitFor(() => expect(world.outcomes()).toHaveLength(1));
  await world.desk.take(order(1));
  expect(world.acts.filter((act) => act === "begin")).toHaveLength(1);
  expect(world.outcomes()).toEqual([{ kind: "succeeded", proof: "read-back" }]);
  expect(world.desk.runners()).toEqual([]);
});

test("OrderDesk refuses a fence that is not higher than the drive has seen, also after a restart", async () => {
  const directory = await makeTemporaryFolder(onTestFinished);
  const before = new World(await openTestJournal(directory));
  await before.desk.take(order(5));
  await vi.waitFor(() => expect(before.outcomes()).toHaveLength(1));
  await before.journal.append({ kind: "acknowledged", jobId: "job-5", attempt: 1 });
  const world = new World(await openTestJournal(directory));
  await world.desk.take(order(4));
  await world.desk.take({ ...order(5), jobId: "job-other" });
  const stale = { kind: "failed", problem: { code: "fence_stale" }, dirty: false };
  expect(world.outcomes()).toMatchObject([stale, stale]);
  expect(world.acts).toEqual([]);
});

test("OrderDesk refuses a second order for a drive that is being written", async () => {
  const world = new World(await openTestJournal(), { hold: true });
  await world.desk.take(order(1));
  await world.desk.take(order(2));
  expect(world.outcomes()).toMatchObject([
    { kind: "failed", problem: { code: "drive_busy" }, dirty: false },
  ]);
});

test("OrderDesk says in the journal that a stick will be destroyed before the writer begins", async () => {
  const world = new World(await openTestJournal());
  await world.desk.take(order(1));
  await vi.waitFor(() => expect(world.outcomes()).toHaveLength(1));
  expect(world.lastRecordAtBegin).toBe("destroying");
  expect(world.lastRecordAtSeal).toBe("sealing");
});

test("OrderDesk begins nothing when the controller gives no lease", async () => {
  const world = new World(await openTestJournal(), { leaseMs: 0 });
  await world.desk.take(order(1));
  await vi.waitFor(() =>
    expect(world.outcomes()).toMatchObject([{ problem: { code: "lease_refused" }, dirty: false }]),
  );
  expect(world.acts).toEqual(["prepare", "lease"]);
});

test("OrderDesk does not begin an order that was canceled before it came", async () => {
  const world = new World(await openTestJournal());
  await world.desk.take({ ...order(1), cancel: true });
  await vi.waitFor(() => expect(world.outcomes()).toEqual([{ kind: "canceled", dirty: false }]));
  expect(world.acts).toEqual([]);
});

test("OrderDesk takes an order without a journal for none, and does nothing for it", async () => {
  const full = fail({ code: "disk_full", detail: "Cannot write the journal: ENOSPC" });
  const world = new World({ ...(await openTestJournal()), append: async () => full });
  await world.desk.take(order(1));
  expect([world.acts, world.outcomes(), world.desk.runners()]).toEqual([[], [], []]);
});

test.each([
  ["cancel()", (desk: OrderDesk) => desk.cancel(order(1))],
  ["an order that comes again", (desk: OrderDesk) => desk.take({ ...order(1), cancel: true })],
])("OrderDesk cancels by %s what it carries out", async (_, cancel) => {
  const world = new World(await openTestJournal(), { hold: true });
  await world.desk.take(order(1));
  world.desk.cancel({ ...order(1), fence: 2 });
  world.desk.cancel({ ...order(1), attempt: 2 });
  expect(world.desk.runners().map((runner) => runner.state().kind)).toEqual(["fetching"]);
  await cancel(world.desk);
  await vi.waitFor(() => expect(world.outcomes()).toEqual([{ kind: "canceled", dirty: false }]));
});

test("OrderDesk has the cache looked at again when an attempt found it changed, and only then", async () => {
  for (const [code, doubts] of [
    ["cache_corrupt", 1],
    ["content_digest_mismatch", 0],
  ] as const) {
    const world = new World(await openTestJournal(), { unprepared: code });
    await world.desk.take(order(1));
    await vi.waitFor(() => expect(world.outcomes()).toMatchObject([{ problem: { code } }]));
    await vi.waitFor(() => expect(world.reports).toBe(1));
    expect(world.doubts).toBe(doubts);
  }
});

test("askAgain() asks for the leases that the last session may have lost, and for no others", async () => {
  const world = new World(await openTestJournal(), { noLease: true });
  await world.desk.take(order(1));
  await vi.waitFor(() => expect(world.acts).toEqual(["prepare", "lease"]));
  world.desk.askAgain();
  expect(world.acts).toEqual(["prepare", "lease", "lease"]);
  world.desk.grantLease({ ...order(1), leaseMs: 45_000 });
  await vi.waitFor(() => expect(world.outcomes()).toHaveLength(1));
  const early = new World(await openTestJournal(), { hold: true });
  await early.desk.take(order(1));
  early.desk.askAgain();
  expect(early.acts).toEqual(["prepare"]);
});

test("close() lets go of every drive, and says nothing of what becomes of it", async () => {
  const world = new World(await openTestJournal(), { idle: true });
  await world.desk.take(order(1));
  await vi.waitFor(() => expect(world.acts).toContain("begin"));
  await world.desk.close();
  expect(world.acts.at(-1)).toBe("release");
  expect(world.outcomes()).toEqual([]);
});

test("recover() leaves an attempt alone whose result is in the journal", async () => {
  const before = new World(await openTestJournal());
  await before.desk.take(order(1));
  await vi.waitFor(() => expect(before.outcomes()).toHaveLength(1));
  const again = new World(before.journal);
  await again.desk.recover();
  expect([again.reports, again.outcomes()]).toEqual([0, before.outcomes()]);
});

test("recover() calls a stick dirty that was cut off after its journal announced destruction", async () => {
  const world = new World(await openTestJournal());
  for (const fence of [1, 2]) await world.journal.append(accepted(fence));
  await world.journal.append({ kind: "destroying", jobId: "job-2", attempt: 1 });
  await world.desk.recover();
  expect(world.outcomes()).toMatchObject([
    { problem: { code: "agent_restarted" }, dirty: false },
    { problem: { code: "interrupted" }, dirty: true },
  ]);
  expect(world.acts).toEqual([]);
});

type WorldOptions = {
  /** Content never comes. */
  readonly hold?: boolean;
  /** Content cannot come, because of this. */
  readonly unprepared?: ProblemCode;
  /** The controller does not answer. */
  readonly noLease?: boolean;
  readonly leaseMs?: number;
  /** Writers do nothing. */
  readonly idle?: boolean;
};

/** A desk whose drives are made of nothing: what it asks of the world is noted, and answered at once. */
class World {
  readonly acts: string[] = [];
  lastRecordAtBegin: string | undefined;
  lastRecordAtSeal: string | undefined;
  readonly desk: OrderDesk;

  readonly journal: Journal;
  reports = 0;
  doubts = 0;
  readonly #idle: boolean;

  constructor(journal: Journal, options: WorldOptions = {}) {
    const { hold = false, idle = false, noLease = false, leaseMs = 45_000, unprepared } = options;
    this.journal = journal;
    this.#idle = idle;
    const ports: DeskPorts = {
      journal,
      prepare: async () => {
        this.acts.push("prepare");
        if (hold) await new Promise(() => undefined);
        if (unprepared !== undefined) return fail({ code: unprepared, detail: "" });
        return { ok: true, value: {} as never };
      },
      claim: async (taken, _content, events) => {
        this.acts.push("claim");
        return { ok: true, value: this.#stick(taken, events) };
      },
      requestLease: (taken) => {
        this.acts.push("lease");
        if (!noLease) this.desk.grantLease({ ...taken, leaseMs });
      },
      phase: () => undefined,
      warn: () => undefined,
      stallLimits: stallLimitsOf(180_000),
      meter: { show: () => undefined, forget: () => undefined },
      reported: () => {
        this.reports += 1;
      },
      doubtCache: () => {
        this.doubts += 1;
      },
      nowMs: () => 0,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    };
    this.desk = new OrderDesk(ports);
  }

  outcomes() {
    return [...this.journal.state().held.values()].flatMap(({ report }) => report?.outcome ?? []);
  }

  #stick(taken: AttemptOrder, events: StickEvents): ClaimedStick {
    const last = () => this.journal.state().held.get(`${taken.jobId}/1`)?.last;
    return {
      writer: {
        begin: () => {
          this.acts.push("begin");
          this.lastRecordAtBegin = last();
          if (!this.#idle) events.event({ kind: "verified" });
        },
        seal: () => {
          this.acts.push("seal");
          this.lastRecordAtSeal = last();
          events.event({ kind: "sealed", proof: "read-back" });
        },
        stop: () => undefined,
        kill: () => undefined,
        pid: undefined,
        exited: new Promise(() => undefined),
      },
      release: async () => {
        this.acts.push("release");
      },
    };
  }
}

function order(fence: number): AttemptOrder {
  const consent = {
    driveId: "virtual-file:A1",
    bay: "1",
    serial: "A1",
    sizeBytes: 1,
    insertion: "1",
    overrides: [],
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
    points: [],
    localSha256: [],
    policy: PLAIN_POLICY,
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

async function openTestJournal(directory?: string): Promise<Journal> {
  const opened = await openJournal(directory ?? (await makeTemporaryFolder(onTestFinished)));
  if (!opened.ok) throw new Error(opened.problem.detail);
  onTestFinished(opened.value.close);
  return opened.value;
}
