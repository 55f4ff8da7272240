import { access, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { renderCanonicalJson } from "@stickfarm/common/canonical-json";
import { fail, ok } from "@stickfarm/common/result";
import { makeFakeTool } from "@stickfarm/common/rim/fake-tool";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import type { RecordBootRequest } from "@stickfarm/proto/stickfarm/v1/operator";
import { expect, onTestFinished, test } from "vitest";
import { bootMedia } from "../boot/boot-media.ts";
import { openController } from "../connect/controller.ts";
import { startTestController } from "../test-controller.ts";
import { MEDIA } from "../test-views.ts";

const KERNEL = Buffer.from("a kernel");
const BOOTS = { number: 4, recordedAtMs: Date.UTC(2026, 10, 22, 9, 0, 0), hasScreenshot: true };
const PNG = "89504e470d0a1a0a";

/** Looks into the stick as a firmware would, says so, and gives pictures. */
const QEMU = `
const { existsSync, readFileSync, writeFileSync } = require("fs");
const args = process.argv.join(" ");
const stick = readFileSync(/file=([^,]*stick.img)/.exec(args)[1]);
writeFileSync(__dirname + "/args", args + " " + stick.length);
const socket = /-qmp unix:([^,]*)/.exec(args)[1];
require("net").createServer((monitor) => {
  monitor.write("{}\\n");
  monitor.on("error", () => undefined).on("data", (bytes) => {
    const path = /"filename":"([^"]*)"/.exec(String(bytes));
    if (path) writeFileSync(path[1], Buffer.from("${PNG}", "hex"));
    monitor.write('{"return": {}}\\n');
  });
}).listen(socket, () => console.log(stick.includes("${KERNEL}") && stick[510] === 0x55 ? "BOOTED" : "No bootable device."));
if (existsSync(__dirname + "/ends")) setTimeout(() => process.exit(0), 500);
setInterval(() => undefined, 1000);
`;

test("media boot lays the media out, starts a machine with it and keeps what came of it", async () => {
  const { boot, recorded, folder, work } = await serve();
  const picture = join(folder, "screen.png");
  const { status, stdout } = await boot(["--expect", "BOOT.D", "--screenshot", picture]);
  expect(stdout).toMatch(
    /^hq@3 boots with bios: "BOOT.D" was on the console after .*; boot 4 of it keeps console and picture\n$/,
  );
  expect(status).toBe(0);
  expect(recorded).toMatchObject([
    {
      name: "hq",
      revision: 3,
      boot: { firmware: "bios", verdict: "seen", pattern: "BOOT.D" },
      console: "BOOTED\n",
    },
  ]);
  expect((await readFile(picture)).toString("hex")).toBe(PNG);
  expect(recorded[0]?.screenshot.toString("hex")).toBe(PNG);
  expect(await readdir(work)).toEqual([]);
});

test("media boot -o json prints the boot as it is kept", async () => {
  const { boot } = await serve();
  const { stdout } = await boot(["--expect", "BOOTED", "-o", "json"]);
  expect(JSON.parse(stdout)).toMatchObject({ name: "hq", revision: 3, verdict: "seen", ...BOOTS });
});

test("media boot without a pattern proves nothing and says so", async () => {
  const { boot, recorded } = await serve();
  const { status, stdout } = await boot(["--timeout", "3"]);
  expect(stdout).toContain("nothing was looked for");
  expect(status).toBe(0);
  expect(recorded).toMatchObject([{ boot: { verdict: "watched", pattern: "" } }]);
});

test("media boot exits with 1 when the pattern does not come, and keeps that too", async () => {
  const { boot, recorded, work, argsPath } = await serve();
  await writeFile(join(dirname(argsPath), "ends"), "");
  const { status, stdout, stderr } = await boot(["--expect", "login:"]);
  expect(status).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain('"login:" was not on the console in');
  expect(stderr).toContain("BOOTED\n");
  expect(recorded).toMatchObject([{ boot: { verdict: "notSeen" } }]);
  expect(await readdir(work)).toEqual([]);
});

test.each([
  [["--expect", "("], '"("'],
  [["--expect", ""], "0 characters"],
  [["--timeout", "soon"], '"soon"'],
  [["--firmware", "coreboot"], "coreboot"],
])("media boot refuses %j before it fetches anything", async (options, words) => {
  const { boot, asked } = await serve();
  const { status, stderr } = await boot(options);
  expect(status).toBe(2);
  expect(stderr).toContain(words);
  expect(asked).toEqual([]);
});

test("media boot that is interrupted ends the machine, keeps nothing and exits with 130", async () => {
  const { start, recorded, work, argsPath } = await serve();
  const started = start(["--expect", "never", "--timeout", "1h"]);
  await expect.poll(() => isThere(argsPath), { timeout: 20_000 }).toBe(true);
  started.interrupt();
  expect((await started.ended).status).toBe(130);
  expect(recorded).toEqual([]);
  expect(await readdir(work)).toEqual([]);
});

test("bootMedia() on a machine without QEMU says what to install, before it fetches anything", async () => {
  const { config, asked, work } = await serve();
  const controller = openController(config);
  onTestFinished(async () => controller.close());
  const order = {
    media: { name: "hq", revision: 0 },
    firmware: "bios",
    expected: null,
    limitMs: 1000,
    kvm: false,
    screenshotPath: null,
    workFolder: work,
  } as const;
  const progress = { show: () => undefined, clear: () => undefined };
  const { signal } = new AbortController();
  const booted = await bootMedia(controller, order, {
    findTool: async () => null,
    progress,
    signal,
  });
  expect(booted).toMatchObject({
    problem: {
      code: "tool_missing",
      detail: expect.stringContaining("apt-get install qemu-system-x86"),
    },
  });
  expect(asked).toEqual([]);
});

test("media show tells what came of booting", async () => {
  const boot = {
    firmware: "bios",
    pattern: "BOOTED",
    elapsedMs: 21_000,
    manifestSha256: "",
    ...BOOTS,
  };
  const verdicts = ["seen", "notSeen", "nothingBoots", "watched"];
  const { run } = await startTestController(onTestFinished, {
    getMedia: () =>
      ok({
        media: MEDIA,
        yaml: "a: 1\n",
        boots: verdicts.map((verdict) => ({ ...boot, verdict })),
      }),
  });
  const { stdout, stderr } = await run(["media", "show", "hq"]);
  expect(stdout).toBe("a: 1\n");
  expect(stderr).toMatchInlineSnapshot(`
    "hq@3, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, stored 2026-11-22T08:00:00Z
    boot 4, 2026-11-22T09:00:00Z, bios: proof: boot, "BOOTED" seen after 21s
    boot 4, 2026-11-22T09:00:00Z, bios: failed: "BOOTED" not seen in 21s
    boot 4, 2026-11-22T09:00:00Z, bios: failed: the firmware found nothing to start
    boot 4, 2026-11-22T09:00:00Z, bios: ran for 21s, nothing was looked for
    "
  `);
});

test("media show --boot prints the console and writes the picture", async () => {
  const asked: unknown[] = [];
  const { run } = await startTestController(onTestFinished, {
    getBoot: (request) => {
      asked.push(request);
      if (request.number === 9)
        return fail({ code: "boot_unknown", detail: 'Cannot find boot 9 of "hq@3": none' });
      return ok({
        boot: undefined,
        console: "GRUB\u001b[2J\n",
        screenshot: Buffer.from(PNG, "hex"),
      });
    },
  });
  const path = join(await makeTemporaryFolder(onTestFinished), "screen.png");
  const shown = await run(["media", "show", "hq@3", "--boot", "2", "--screenshot", path]);
  expect(shown).toMatchObject({ status: 0, stdout: "GRUB\ufffd[2J\n" });
  expect((await readFile(path)).toString("hex")).toBe(PNG);
  expect(asked).toEqual([{ name: "hq", revision: 3, number: 2 }]);
  expect((await run(["media", "show", "hq@3", "--boot", "9"])).status).toBe(3);
  expect((await run(["media", "show", "hq@3", "--boot", "x"])).status).toBe(2);
});

/** A farm with one media of one file, and a machine to boot it on. */
async function serve() {
  const folder = await makeTemporaryFolder(onTestFinished);
  const work = await makeTemporaryFolder(onTestFinished);
  const tool = await makeFakeTool(folder, QEMU);
  // The program must have its name, and the folder alone must be on PATH.
  await writeFile(join(dirname(tool), "qemu-system-x86_64"), await readFile(tool), { mode: 0o755 });
  const recorded: RecordBootRequest[] = [];
  const asked: unknown[] = [];
  let manifest = Buffer.alloc(0);
  const controller = await startTestController(onTestFinished, {
    compileMedia: (request) => {
      asked.push(request);
      const manifestSignature = Buffer.from("signed");
      return ok({ media: MEDIA, manifest, manifestSignature, warnings: [] });
    },
    recordBoot: (request) => {
      recorded.push(request);
      const { boot } = request;
      return ok({ boot: boot === undefined ? undefined : { ...boot, ...BOOTS } });
    },
  });
  const stored = await controller.library.putBytes(KERNEL);
  if (!stored.ok) throw new Error(stored.problem.detail);
  const definition = { name: "hq", revision: 3, digest: "a".repeat(64) };
  const body = {
    kind: "tree",
    partitionTable: "mbr",
    fileSystem: "fat32",
    partitionBytes: "fill",
    volumeLabel: "HQ",
    files: [{ path: "kernel", blob: stored.value, modifiedAtMs: 0 }],
    emptyDirectories: [],
    biosBoot: { kind: "none" },
  };
  manifest = Buffer.from(renderCanonicalJson({ formatVersion: 1, definition, body }));
  const env = { LANG: "C.UTF-8", PATH: dirname(tool) };
  const argsOf = (options: readonly string[]) => [
    ...["media", "boot", "hq", "--work", work],
    ...(options.includes("--firmware") ? [] : ["--firmware", "bios"]),
    ...options,
  ];
  return {
    ...{ config: controller.config, recorded, asked, folder, work },
    argsPath: join(dirname(tool), "args"),
    boot: (options: readonly string[]) => controller.run(argsOf(options), { env }),
    start: (options: readonly string[]) => controller.start(argsOf(options), { env }),
  };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
