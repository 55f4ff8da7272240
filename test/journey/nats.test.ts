import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import { type Program, runToEnd, startProgram } from "../support/processes.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { waitFor } from "../support/wait-for.ts";
import { bytesArrive, sameBytes } from "./support/drive-bytes.ts";
import { buildIdOf, type DriveSpec, startFarm, type TestFarm } from "./support/farm.ts";
import { extractFat } from "./support/fat-stick.ts";
import { holdWriters } from "./support/hold-writers.ts";
import { diskImage, makeImage } from "./support/make-image.ts";
import { freeze, listNats, natsOf, stateOf } from "./support/nats-server.ts";

const LIMIT_MS = 120_000;
const IMAGE_BYTES = 128 * MIB;
const AGENT = "ws-1";
const FILES = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: files }
spec: { files: [{ content: tree }], output: { label: NATS } }
`;

test("a build with NATS stopped half-way ends as one without", { timeout: 400_000 }, async () => {
  const farm = await farmWith(["A1", "B2", "C3", "D4"]);
  const undisturbed = await start(farm, "image", ["1", "2"]);
  await farm.ended(undisturbed, LIMIT_MS);
  const undisturbedFiles = await start(farm, "files", ["1"]);
  await farm.ended(undisturbedFiles, LIMIT_MS);

  const nats = await natsOf(farm);
  const disturbed = await start(farm, "image", ["3", "4"]);
  await bytesArrive(farm.driveFile(AGENT, "C3"));
  const writers = holdWriters(farm.agent(AGENT).pid);
  const { resume } = freeze(nats);
  expect((await farm.build(disturbed)).state).toBe("running");
  writers.release();
  await farm.ended(disturbed, LIMIT_MS);
  // Up to the last MiB, where each stick carries the record of its own build.
  await sameBytes(farm.driveFile(AGENT, "B2"), farm.driveFile(AGENT, "D4"), IMAGE_BYTES + 63 * MIB);
  const disturbedFiles = await start(farm, "files", ["3"]);
  await farm.ended(disturbedFiles, LIMIT_MS);
  expect(stateOf(nats)).toBe("T");
  resume();

  const truth = await truthOf(farm, undisturbed);
  expect(truth.sticks).toMatchObject([GOOD, GOOD]);
  expect(await truthOf(farm, disturbed)).toEqual(truth);
  expect(await truthOf(farm, disturbedFiles)).toEqual(await truthOf(farm, undisturbedFiles));
  expect(await filesOf(farm, "C3")).toEqual(await filesOf(farm, "A1"));
});

test("nats-server comes back when it is killed, and progress with it", {
  timeout: 300_000,
}, async () => {
  const farm = await farmWith(["A1"], { imageBytes: 512 * MIB });
  const buildId = await start(farm, "image", ["1"]);
  await bytesArrive(farm.driveFile(AGENT, "A1"));
  const writers = holdWriters(farm.agent(AGENT).pid);
  const killed = await natsOf(farm);
  process.kill(killed, "SIGKILL");
  const again = await waitFor(
    "another nats-server",
    async () => {
      const pid = await natsOf(farm);
      return pid === killed ? undefined : pid;
    },
    { limitMs: LIMIT_MS },
  );
  await connectedAgain(farm);
  expect(listNats(farm)).toEqual([again]);
  writers.release();
  expect(await newPictureComes(farm, buildId, Date.now())).toBe(true);
  await farm.ended(buildId, LIMIT_MS);
  expect(await truthOf(farm, buildId)).toMatchObject({ sticks: [GOOD] });
});

test("builds need no NATS: with a --nats-url that nobody answers, the phase is watched all the same", async () => {
  const url = `tls://127.0.0.1:${await freePort()}`;
  const farm = await farmWith(["A1"], { serveArgs: ["--nats-url", url] });
  const buildId = await start(farm, "image", ["1"]);
  await bytesArrive(farm.driveFile(AGENT, "A1"));
  const writers = holdWriters(farm.agent(AGENT).pid);
  const watch = await startWatch(farm, buildId);
  writers.release();
  const { code, stdout } = await watch.ended;
  const pictures = picturesIn(stdout);
  // Which phases are seen is a matter of time; that one is seen without a single picture is not.
  const isTold = ({ phase, doneBytes, progressAtMs }: Job) =>
    ["write", "verify", "seal"].includes(phase ?? "") && doneBytes === 0 && progressAtMs === null;
  expect(pictures.flatMap((picture) => picture.jobs).some(isTold), stdout).toBe(true);
  expect(pictures.at(-1)?.jobs).toMatchObject([{ phase: "ended" }]);
  expect({ code, state: pictures.at(-1)?.state }).toEqual({ code: 0, state: "succeeded" });
  expect(listNats(farm)).toEqual([]);
  await sameBytes(farm.driveFile(AGENT, "A1"), join(farm.directory, "image.img"), IMAGE_BYTES);
});

test("serve without a nats-server says what is missing and what to run", async () => {
  const directory = await tempDirectory();
  const listen = `127.0.0.1:${await freePort()}`;
  const env = {
    STICKFARM_DATA: join(directory, "farm"),
    STICKFARM_CONFIG: join(directory, "operator.yaml"),
    STICKFARM_NATS_SERVER: "/nonexistent",
  };
  const options = { cwd: directory, env };
  expect(await runToEnd("stickfarm", ["init", "--listen", listen], options)).toMatchObject({
    code: 0,
  });
  const served = await runToEnd("stickfarm", ["serve", "--listen", listen], options);
  expect(served).toMatchObject({ code: 1, stdout: "" });
  expect(served.stderr).toContain("[nats_missing]");
  expect(served.stderr).toContain('"/nonexistent"');
  expect(served.stderr).toContain("apt-get install nats-server");
});

test("a killed controller's nats-server that hangs is stopped by the next one, which leaves none behind", async () => {
  const farm = await startFarm({ agents: {} });
  const orphan = await natsOf(farm);
  // One that runs ends by itself when it says something: nobody reads its stderr any more.
  freeze(orphan);
  farm.controller().signal("SIGKILL");
  await farm.controller().ended;
  expect(listNats(farm)).toEqual([orphan]);
  await farm.serve();
  const next = await natsOf(farm);
  expect(listNats(farm)).toEqual([next]);
  expect(next).not.toBe(orphan);
  farm.controller().signal("SIGTERM");
  expect(await farm.controller().ended).toMatchObject({ code: 0 });
  expect(listNats(farm)).toEqual([]);
});

const GOOD = { state: "succeeded", attempt: 1, proof: "read-back", dirty: false, problem: null };

async function farmWith(
  serials: readonly string[],
  {
    imageBytes = IMAGE_BYTES,
    serveArgs = [],
  }: { readonly imageBytes?: number; readonly serveArgs?: readonly string[] } = {},
): Promise<TestFarm> {
  const size = `${imageBytes / MIB + 64}MiB`;
  const drives = serials.map((serial, index): DriveSpec => ({ serial, bay: `${index + 1}`, size }));
  const farm = await startFarm({ agents: { [AGENT]: drives }, serveArgs });
  const at = (name: string): string => join(farm.directory, name);
  await makeImage(at("image.img"), imageBytes);
  await mkdir(at("tree/deep/er"), { recursive: true });
  await makeImage(at("tree/deep/er/payload.bin"), 5 * MIB + 7, 2);
  await cp(import.meta.filename, at("tree/a name that is long.txt"));
  await writeFile(at("image.yaml"), diskImage("image", "image"));
  await writeFile(at("files.yaml"), FILES);
  await farm.must("content", "add", "image.img", "--name", "image");
  await farm.must("content", "add", "tree", "--name", "tree");
  for (const name of ["image", "files"]) await farm.must("media", "apply", "-f", `${name}.yaml`);
  return farm;
}

async function start(farm: TestFarm, media: string, bays: readonly string[]): Promise<string> {
  const on = bays.flatMap((bay) => ["--on", `${AGENT}/${bay}`]);
  return buildIdOf(await farm.must("build", "start", media, ...on, "--yes", "-o", "json"));
}

/** `build watch` that has shown its first picture. */
async function startWatch(farm: TestFarm, buildId: string): Promise<Program> {
  const watch = startProgram("stickfarm", ["build", "watch", buildId, "-o", "json"], {
    cwd: farm.directory,
    env: farm.env,
  });
  await watch.waitForLine(/^{/, LIMIT_MS);
  return watch;
}

/** Lets the writer go on step by step, so that a picture can be seen before the phase is over. */
async function newPictureComes(farm: TestFarm, buildId: string, sinceMs: number): Promise<boolean> {
  for (let step = 0; step < 20; step++) {
    await pause(50);
    const { release } = holdWriters(farm.agent(AGENT).pid);
    await pause(300);
    const { doneBytes, progressAtMs } = await farm.job(buildId, "1");
    release();
    if (doneBytes > 0 && (progressAtMs ?? 0) > sinceMs) return true;
  }
  return false;
}

type Job = {
  readonly phase: string | null;
  readonly doneBytes: number;
  readonly progressAtMs: number | null;
};
type Picture = { readonly state: string; readonly jobs: readonly Job[] };

function picturesIn(stdout: string): readonly Picture[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Picture);
}

type Evidence = Readonly<Record<string, unknown>>;
type Stick = Readonly<Record<string, unknown>> & { readonly evidence: Evidence | null };

/** What the controller knows of a build in the end, without ids, bays, times and speeds. */
async function truthOf(farm: TestFarm, buildId: string) {
  const report = JSON.parse(await farm.must("build", "report", buildId, "-o", "json")) as {
    state: string;
    media: object;
    imageSha256: string | null;
    sticks: readonly Stick[];
  };
  const { state, media, imageSha256 } = report;
  return { state, media, imageSha256, sticks: report.sticks.map(truthOfStick) };
}

function truthOfStick({ agent, driveBytes, state, attempt, ...stick }: Stick) {
  const { problem, dirty, proof, evidence } = stick;
  const { writtenBytes, verifiedBytes, alreadyZeroBytes } = evidence ?? {};
  const bytes = { writtenBytes, verifiedBytes, alreadyZeroBytes };
  return { agent, driveBytes, state, attempt, problem, dirty, proof, bytes };
}

/** Everything on a laid-out stick by path, but for what tells of this one stick and its order. */
async function filesOf(farm: TestFarm, serial: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(farm.directory, `files-of-${serial}`);
  await extractFat(farm.driveFile(AGENT, serial), folder);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, string>();
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if (!/^(manifest|passport)\./.test(entry.name))
      files.set(path.slice(folder.length + 1), (await readFile(path)).toString("base64"));
  }
  expect(files.size).toBeGreaterThan(3);
  return files;
}

/** Both ends have said a second time that NATS is there. */
async function connectedAgain(farm: TestFarm): Promise<void> {
  const ends = [
    [farm.agent(AGENT), "progress is shown"],
    [farm.controller(), "progress comes from NATS"],
  ] as const;
  for (const [program, words] of ends)
    await waitFor(`"${words}" twice`, () => program.stderr().split(words).length > 2, {
      limitMs: LIMIT_MS,
      seen: () => program.stderr().slice(-2000),
    });
}
