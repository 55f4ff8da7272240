import { mkdir, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GIB, MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { missingPrograms } from "../support/run-program.ts";
import { waitFor } from "../support/wait-for.ts";
import { readAt } from "./support/drive-bytes.ts";
import { startFarm, type TestFarm } from "./support/farm.ts";
import { diskImage, makeImage } from "./support/make-image.ts";
import { refusalOf } from "./support/refusal.ts";
import { CLONE_PATH, startLine } from "./support/shell.ts";

const LIMIT = { timeout: 600_000 };
const IMAGE_BYTES = 96 * MIB;
const REQUEST_ID = "01JZZZZZZZZZZZZZZZZZZZZZZZ";
const START = ["build", "start", "big", "--on", "ws-1/1", "--yes", "-o", "json"];
const AGAIN = [...START, "--request-id", REQUEST_ID];

test(
  "a second build start with the same request id returns the first build, whatever happened between",
  LIMIT,
  async () => {
    const farm = await farmWithImage({ "ws-1": [drive("A1", "1"), drive("B2", "2")] });
    const first = await started(farm, AGAIN);
    expect(first.repeatedRequest).toBe(false);
    farm.controller().signal("SIGKILL");
    await farm.controller().ended;
    await farm.serve();
    expect(await started(farm, AGAIN)).toMatchObject({
      buildId: first.buildId,
      repeatedRequest: true,
    });
    await farm.ended(first.buildId, 120_000);
    const writtenAtMs = (await stat(farm.driveFile("ws-1", "A1"))).mtimeMs;
    expect((await started(farm, AGAIN)).buildId).toBe(first.buildId);
    // The operator's own memory of the request is gone, the controller's is not.
    await rm(join(farm.directory, "farm/requests"), { recursive: true });
    expect(await started(farm, AGAIN)).toMatchObject({
      buildId: first.buildId,
      repeatedRequest: true,
    });
    expect(
      refusalOf(
        await farm.run(
          "build",
          "start",
          "big",
          "--on",
          "ws-1/2",
          "--yes",
          "--request-id",
          REQUEST_ID,
          "-o",
          "json",
        ),
      ),
    ).toMatchObject({ code: "request_id_reused", exit: 2 });
    const builds = JSON.parse(await farm.must("build", "list", "-o", "json")) as {
      buildId: string;
    }[];
    expect(builds.map(({ buildId }) => buildId)).toEqual([first.buildId]);
    const { state, jobs } = await farm.build(first.buildId);
    expect({ state, jobs: jobs.map(({ bay, attempt }) => ({ bay, attempt })) }).toEqual({
      state: "succeeded",
      jobs: [{ bay: "1", attempt: 1 }],
    });
    expect((await stat(farm.driveFile("ws-1", "A1"))).mtimeMs).toBe(writtenAtMs);
    expect(await isZero(farm, "B2")).toBe(true);
  },
);

test(
  "a drive that is too small is refused by plan and by build start, with both sizes in bytes",
  LIMIT,
  async () => {
    const small = { serial: "B2", bay: "2", size: "64MiB" };
    const farm = await farmWithImage({ "ws-1": [drive("A1", "1"), small] });
    const planned = await farm.run("plan", "big", "--on", "ws-1", "-o", "json");
    expect(refusalOf(planned)).toMatchObject({ code: "drive_refused", exit: 5 });
    const plan = JSON.parse(planned.stdout) as Plan;
    expect(plan.requiredBytes).toBeGreaterThanOrEqual(IMAGE_BYTES);
    expect(plan.drives.map(({ drive, refusals }) => [drive.bay, refusals])).toEqual([
      ["1", []],
      ["2", [expect.objectContaining({ code: "drive_too_small" })]],
    ]);
    const [refusal] = plan.drives[1]?.refusals ?? [];
    expect(refusal?.detail).toContain(`${64 * MIB} bytes`);
    expect(refusal?.detail).toContain(`${plan.requiredBytes} bytes`);
    expect(refusal?.remedy).not.toBe("");
    const table = await farm.run("plan", "big", "--on", "ws-1/2");
    expect(table.code).toBe(5);
    expect(table.stdout).toContain(`${64 * MIB} bytes`);
    expect(table.stderr).toContain("[drive_refused]");

    const refused = await farm.run("build", "start", "big", "--on", "ws-1", "--yes", "-o", "json");
    expect(refusalOf(refused)).toMatchObject({ code: "drive_refused", exit: 5 });
    // An operator whose own check was passed by: the controller refuses by itself.
    await sendKept(farm, plan.planDigest, [{ agent: "ws-1", bay: "" }]);
    expect(
      refusalOf(await farm.run("build", "start", "--request-id", REQUEST_ID, "-o", "json")),
    ).toMatchObject({
      code: "drive_refused",
      detail: expect.stringContaining(`${64 * MIB} bytes`),
      exit: 5,
    });
    expect(JSON.parse(await farm.must("build", "list", "-o", "json"))).toEqual([]);
    expect([await isZero(farm, "A1"), await isZero(farm, "B2")]).toEqual([true, true]);
  },
);

test(
  "a stick that was replaced between plan and consent is not erased",
  LIMIT,
  async ({ skip }) => {
    if (missingPrograms("script").length > 0) skip("script, which makes a terminal, is not here");
    const farm = await farmWithImage({ "ws-1": [drive("A1", "1")] });
    const before = await insertionOf(farm);
    const asked = startAtTerminal(farm, "build start big --on ws-1");
    await asked.waitForLine(/Type the number of drives/, 120_000);
    const other = join(farm.directory, "other.img");
    await writeFile(other, "");
    await truncate(other, GIB / 2);
    await rename(other, farm.driveFile("ws-1", "A1"));
    await waitFor("another insertion in bay 1", async () => (await insertionOf(farm)) !== before, {
      limitMs: 120_000,
      everyMs: 500,
    });
    await asked.type("1");
    const ended = await asked.ended;
    expect(ended.stdout).toContain("[plan_changed]");
    expect(ended.code).toBe(5);
    expect(JSON.parse(await farm.must("build", "list", "-o", "json"))).toEqual([]);
    expect(await isZero(farm, "A1")).toBe(true);
  },
);

test(
  "a drive that a build holds is refused to the next one, which is told whose it is",
  LIMIT,
  async () => {
    const farm = await farmWithImage({ "ws-1": [drive("A1", "1"), drive("B2", "2")] });
    // The build cannot end while its agent stands still, which the controller bears with for 40 s.
    farm.agent("ws-1").signal("SIGSTOP");
    const { buildId } = await started(farm, START);
    const planned = await farm.run("plan", "big", "--on", "ws-1", "-o", "json");
    const held = await farm.run(...START);
    const drives = await farm.run("drive", "list", "-o", "json");
    farm.agent("ws-1").signal("SIGCONT");
    const plan = JSON.parse(planned.stdout) as Plan;
    expect(plan.drives.map(({ refusals }) => refusals.map(({ code }) => code))).toEqual([
      ["drive_busy"],
      [],
    ]);
    expect(plan.drives[0]?.refusals[0]?.detail).toContain(buildId);
    expect(refusalOf(planned)).toMatchObject({ code: "drive_refused", exit: 5 });
    expect(refusalOf(held)).toMatchObject({ code: "drive_refused", exit: 5 });
    expect(held.stderr).toContain(buildId);
    const states = (JSON.parse(drives.stdout) as DriveRow[]).map(({ drive, state }) => [
      drive.bay,
      state,
    ]);
    expect(states).toEqual([
      ["1", "busy"],
      ["2", "free"],
    ]);
    expect((await farm.ended(buildId, 120_000)).state).toBe("succeeded");
  },
);

type Plan = {
  readonly requiredBytes: number;
  readonly planDigest: string;
  readonly drives: readonly {
    readonly drive: { readonly bay: string };
    readonly refusals: readonly {
      readonly code: string;
      readonly detail: string;
      readonly remedy: string;
    }[];
  }[];
};

type DriveRow = {
  readonly drive: { readonly bay: string; readonly insertion: string };
  readonly state: string;
};

type Started = { readonly buildId: string; readonly repeatedRequest: boolean };

async function started(farm: TestFarm, args: readonly string[]): Promise<Started> {
  return JSON.parse(await farm.must(...args)) as Started;
}

/** What `build start` keeps of a request whose answer was lost. */
async function sendKept(
  farm: TestFarm,
  planDigest: string,
  targets: readonly object[],
): Promise<void> {
  const folder = join(farm.directory, "farm/requests");
  await mkdir(folder, { recursive: true });
  const request = { requestId: REQUEST_ID, mediaName: "big", revision: 1, targets, planDigest };
  await writeFile(join(folder, `${REQUEST_ID}.json`), JSON.stringify(request));
}

async function insertionOf(farm: TestFarm): Promise<string> {
  const rows = JSON.parse(await farm.must("drive", "list", "-o", "json")) as DriveRow[];
  return rows[0]?.drive.insertion ?? "";
}

/** Start `stickfarm` where it can ask; the answer is typed later. */
function startAtTerminal(farm: TestFarm, command: string) {
  const answer = join(farm.directory, "typed");
  const env = { PATH: CLONE_PATH, ...farm.env };
  const waiting = `until [ -e typed ]; do sleep 0.1; done; cat typed; until [ -e over ]; do sleep 0.1; done`;
  const asking = `script -qec "stickfarm ${command}" /dev/null; code=$?; touch over; exit $code`;
  const program = startLine(`(${waiting}) | (${asking})`, { cwd: farm.directory, env });
  const type = async (text: string) => {
    await writeFile(`${answer}.new`, `${text}\n`);
    await rename(`${answer}.new`, answer);
  };
  return { ...program, type };
}

async function farmWithImage(agents: Parameters<typeof startFarm>[0]["agents"]): Promise<TestFarm> {
  const farm = await startFarm({ agents });
  await makeImage(join(farm.directory, "big.img"), IMAGE_BYTES);
  await writeFile(join(farm.directory, "media.yaml"), diskImage("big", "big"));
  await farm.must("content", "add", "big.img", "--name", "big");
  await farm.must("media", "apply", "-f", "media.yaml");
  return farm;
}

function drive(serial: string, bay: string) {
  return { serial, bay, size: "512MiB" };
}

/** Where a build would have written: both ends, and the image's place. */
async function isZero(farm: TestFarm, serial: string): Promise<boolean> {
  const path = farm.driveFile("ws-1", serial);
  const { size } = await stat(path);
  const places = [0, 8 * MIB, size - MIB];
  const found = await Promise.all(places.map((at) => readAt(path, at, MIB)));
  return found.every((bytes) => bytes.equals(Buffer.alloc(MIB)));
}
