import type { AttemptReport } from "@stickfarm/common/build/attempt-report";
import { NO_EVIDENCE } from "@stickfarm/common/build/evidence";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Journal, openJournal } from "../journal/open-journal.ts";
import { startReports } from "./send-reports.ts";

const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

test("startReports() sends a report again until it is acknowledged, and then forgets it", async () => {
  const journal = await openTestJournal();
  await hold(journal, "j1");
  const answers: Result<void>[] = [away(), away(), ok(undefined)];
  const sent: string[] = [];
  onTestFinished(() => {
    vi.useRealTimers();
  });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const reports = startReports({
    journal,
    log: LOG,
    send: async ({ jobId }) => {
      sent.push(jobId);
      return answers.shift() ?? ok(undefined);
    },
  });
  reports.wake();
  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(1000);
    expect(journal.state().held.size).toBe(0);
  });
  await reports.close();
  expect(sent).toEqual(["j1", "j1", "j1"]);
});

test("startReports() is not held up by one report that is refused", async () => {
  const journal = await openTestJournal();
  await hold(journal, "j1");
  await hold(journal, "j2");
  const reports = startReports({
    journal,
    log: LOG,
    send: async ({ jobId }) =>
      jobId === "j1" ? fail({ code: "result_conflict", detail: "" }) : ok(undefined),
  });
  reports.wake();
  await vi.waitFor(() => expect([...journal.state().held.keys()]).toEqual(["j1/1"]));
  await reports.close();
});

test("startReports() says that an acknowledgement was not journaled, and asks for it again", async () => {
  const journal = await openTestJournal();
  await hold(journal, "j1");
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const full = fail({ code: "disk_full", detail: "Cannot write the journal: ENOSPC" });
  const answers = [full];
  const error = vi.fn();
  const sent: string[] = [];
  const reports = startReports({
    journal: { ...journal, append: async (line) => answers.shift() ?? journal.append(line) },
    log: { ...LOG, error },
    send: async ({ jobId }) => {
      sent.push(jobId);
      return ok(undefined);
    },
  });
  reports.wake();
  await vi.waitFor(() => expect(error).toHaveBeenCalledOnce());
  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(1000);
    expect(journal.state().held.size).toBe(0);
  });
  await reports.close();
  expect(sent).toEqual(["j1", "j1"]);
});

async function openTestJournal(): Promise<Journal> {
  const opened = await openJournal(await makeTemporaryFolder(onTestFinished));
  if (!opened.ok) throw new Error(opened.problem.detail);
  onTestFinished(opened.value.close);
  return opened.value;
}

async function hold(journal: Journal, jobId: string): Promise<void> {
  const attempt = { jobId, attempt: 1, fence: 1 };
  const report: AttemptReport = {
    ...attempt,
    outcome: { kind: "succeeded", proof: "read-back" },
    evidence: { manifestSha256: "", ...NO_EVIDENCE },
  };
  await journal.append({ kind: "accepted", ...attempt, driveId: jobId, manifestSha256: "" });
  await journal.append({ kind: "result", report });
}

function away(): Result<void> {
  return fail({ code: "controller_unreachable", detail: "" });
}
