import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { blobPath } from "@stickfarm/common/media/distribution-point";
import { DAV, startNginx } from "@stickfarm/common/rim/nginx-fixture";
import { expect, onTestFinished, test } from "vitest";
import { buildIdOf, startFarm, type TestFarm } from "./support/farm.ts";
import { typing, waitForAsk } from "./support/old-data.ts";
import { refusalOf } from "./support/refusal.ts";

const LIMIT = { timeout: 600_000 };
const FILES = { "readme.txt": "read me", "sub/tool.bin": "tool ".repeat(100_000) };
const DRIVE = { serial: "A1", bay: "1", size: "512MiB" };

/** A farm with one stick, a tree in its library, and a media definition that names these points. */
async function openFarm(): Promise<TestFarm> {
  const farm = await startFarm({ agents: { "ws-1": [DRIVE] } });
  const folder = join(farm.directory, "tree");
  await mkdir(join(folder, "sub"), { recursive: true });
  for (const [path, text] of Object.entries(FILES)) await writeFile(join(folder, path), text);
  await farm.must("content", "add", "tree", "--name", "tools");
  return farm;
}

async function apply(farm: TestFarm, points: readonly string[]) {
  const yaml = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: media }
spec:
  distributionPoints: [${points.join(", ")}]
  files: [{ content: tools, at: /tools }]
`;
  await writeFile(join(farm.directory, "media.yaml"), yaml);
  return farm.run("media", "apply", "-f", "media.yaml", "-o", "json");
}

function pathAt(root: string, text: string): string {
  return join(root, blobPath(createHash("sha256").update(text).digest("hex")));
}

async function build(farm: TestFarm, ...options: readonly string[]) {
  const args = ["build", "start", "media", "--on", "ws-1/1", ...options, "--yes", "-o", "json"];
  return farm.ended(buildIdOf(await farm.must(...args)));
}

test(
  "a build is fetched from a web server, and from a share when that is dead",
  LIMIT,
  async () => {
    const farm = await openFarm();
    const nginx = await startNginx(onTestFinished, { directives: DAV, tls: true });
    const share = join(farm.directory, "share");
    await mkdir(share);
    await writeFile(join(farm.directory, "ca.pem"), nginx.caPem ?? "");
    await farm.must("dp", "add", "dp-web", "--url", nginx.url, "--ca", "ca.pem");
    await farm.must("dp", "add", "dp-share", "--directory", share);
    const applied = await apply(farm, ["dp-web", "dp-share"]);
    expect(applied).toMatchObject({ code: 0 });

    // Nothing is there yet: the plan says so, and names all of it.
    const refused = await farm.run("plan", "media", "--on", "ws-1", "-o", "json");
    expect(refusalOf(refused)).toMatchObject({
      code: "content_missing",
      detail: expect.stringContaining(
        'on none of its distribution points ("dp-web", "dp-share") is content "tools" (all 2 files)',
      ),
    });

    await farm.must("content", "distribute", "tools", "--to", "dp-web");
    const again = await farm.must("content", "distribute", "tools", "--to", "dp-web", "-o", "json");
    expect(JSON.parse(again)).toMatchObject({
      fileCount: 2,
      copiedBytes: 0,
      presentBytes: 500_007,
    });
    await farm.must("content", "distribute", "tools", "--to", "dp-share");
    for (const [text, root] of Object.values(FILES).flatMap((one) => [
      [one, nginx.root] as const,
      [one, share] as const,
    ]))
      expect(await readFile(pathAt(root, text), "utf8")).toBe(text);
    expect(await farm.must("dp", "check")).toContain("dp-web: 2 files of 1 content, whole");

    expect((await build(farm)).state).toBe("succeeded");
    expect(farm.agent("ws-1").stderr()).toMatch(/"fetchedBytes":\{"dp-web":500007\}/);

    await nginx.stop();
    await rm(join(farm.directory, "ws-1", "cache"), { recursive: true });
    await mkdir(join(farm.directory, "ws-1", "cache"));
    expect((await build(farm)).state).toBe("succeeded");
    expect(farm.agent("ws-1").stderr()).toMatch(/"fetchedBytes":\{"dp-share":500007\}/);
    const checked = await farm.run("dp", "check", "-o", "json");
    expect(checked.code).toBe(1);
    expect(JSON.parse(checked.stdout)).toMatchObject([
      { name: "dp-share", fileCount: 2, faults: [], problem: null },
      { name: "dp-web", fileCount: 0, problem: { code: "point_unreachable" } },
    ]);
  },
);

test(
  "with every distribution point corrupt nothing on the stick is touched, and dp check finds it",
  LIMIT,
  async () => {
    const farm = await openFarm();
    const nginx = await startNginx(onTestFinished, { directives: DAV });
    const share = join(farm.directory, "share");
    await mkdir(share);
    await farm.must("dp", "add", "dp-web", "--url", nginx.url);
    await farm.must("dp", "add", "dp-share", "--directory", share);
    for (const point of ["dp-web", "dp-share"])
      await farm.must("content", "distribute", "tools", "--to", point);
    expect((await apply(farm, ["dp-web", "dp-share"])).code).toBe(0);
    const tool = FILES["sub/tool.bin"];
    const corrupt = Buffer.from(tool);
    corrupt[7] = 0;
    for (const root of [nginx.root, share]) await writeFile(pathAt(root, tool), corrupt);

    const drive = farm.driveFile("ws-1", "A1");
    await farm.agent("ws-1").end();
    await fillEnds(drive);
    await farm.runAgent("ws-1");
    await waitForAsk(farm, "A1");
    const before = await digestOfFile(drive);
    const ended = await build(farm, ...typing(["A1"]));
    expect(ended.state).toBe("failed");
    expect(ended.jobs[0]).toMatchObject({
      dirty: false,
      problem: { code: "content_digest_mismatch" },
      evidence: { writtenBytes: 0 },
    });
    expect(ended.jobs[0]?.problem?.detail).toMatch(/"dp-web": Cannot.*"dp-share": Cannot/);
    expect(await digestOfFile(drive)).toBe(before);

    const checked = await farm.run("dp", "check", "-o", "json");
    expect(checked.code).toBe(1);
    const fault = { content: "tools", path: "sub/tool.bin", kind: "damaged" };
    expect(JSON.parse(checked.stdout)).toMatchObject([
      { name: "dp-share", faults: [fault] },
      { name: "dp-web", faults: [fault] },
    ]);
    expect((await farm.run("dp", "check", "--quick")).code).toBe(0);

    // One good point is enough; what is copied again is good again.
    await farm.must("content", "distribute", "tools", "--to", "dp-share");
    expect((await build(farm, ...typing(["A1"]))).state).toBe("succeeded");
    expect((await farm.run("dp", "check", "dp-share")).code).toBe(0);
  },
);

test(
  "dp refuses what is no place, media apply what is no point, and content verify finds a lost file",
  LIMIT,
  async () => {
    const farm = await openFarm();
    const codeOf = async (...args: string[]) =>
      refusalOf(await farm.run(...args, "-o", "json")).code;
    expect(await codeOf("dp", "add", "dp", "--directory", "relative")).toBe("usage");
    expect(await codeOf("dp", "add", "dp", "--url", "http://me:hunter2@dp")).toBe("usage");
    expect(await codeOf("dp", "add", "local", "--directory", "/srv")).toBe("usage");
    expect(await codeOf("dp", "add", "A B", "--directory", "/srv")).toBe("name_invalid");
    await writeFile(join(farm.directory, "no.pem"), "no certificate");
    const withCa = ["dp", "add", "dp", "--url", "https://dp", "--ca"];
    expect(await codeOf(...withCa, "no.pem")).toBe("usage");
    expect(await codeOf(...withCa, "missing.pem")).toBe("path_missing");
    await farm.must("dp", "add", "dp-oslo", "--directory", join(farm.directory, "not-mounted"));
    expect(await codeOf("dp", "add", "dp-oslo", "--directory", "/srv")).toBe("point_taken");
    expect(await codeOf("dp", "remove", "dp-x")).toBe("point_unknown");
    expect(await codeOf("dp", "check", "dp-x")).toBe("point_unknown");
    expect(await codeOf("content", "distribute", "tools", "--to", "dp-x")).toBe("point_unknown");
    expect(await codeOf("content", "distribute", "x", "--to", "dp-oslo")).toBe("content_unknown");
    expect(await codeOf("content", "distribute", "tools", "--to", "local")).toBe("usage");
    expect(await codeOf("content", "distribute", "tools", "--to", "dp-oslo")).toBe(
      "point_unreachable",
    );
    const nginx = await startNginx(onTestFinished);
    await farm.must("dp", "add", "dp-web", "--url", nginx.url);
    expect(await codeOf("content", "distribute", "tools", "--to", "dp-web")).toBe(
      "point_not_writable",
    );

    const applied = await apply(farm, ["local", "dp-olso"]);
    expect(applied.code).not.toBe(0);
    expect(applied.stdout + applied.stderr).toContain('Did you mean \\"dp-oslo\\"?');

    // What the library has lost is named, with every file of it, before anything is erased.
    await apply(farm, ["local", "dp-oslo"]);
    const library = join(farm.directory, "farm", "library");
    await rm(pathAt(library, FILES["readme.txt"]));
    const verified = await farm.run("content", "verify", "-o", "json");
    expect(verified.code).toBe(1);
    expect(JSON.parse(verified.stdout)).toMatchObject([
      { name: "local", faults: [{ content: "tools", path: "readme.txt", kind: "missing" }] },
    ]);
    const { code, detail } = refusalOf(
      await farm.run("plan", "media", "--on", "ws-1", "-o", "json"),
    );
    expect(code).toBe("content_missing");
    expect(detail).toContain('content "tools" (1 of 2 files: "readme.txt")');
    expect(detail).toContain('"dp-oslo" gives no answer');
    expect(await readdir(farm.directory)).not.toContain("not-mounted");
    await farm.must("dp", "remove", "dp-oslo");
    const unknown = await farm.run("plan", "media", "--on", "ws-1", "-o", "json");
    expect(refusalOf(unknown)).toMatchObject({
      code: "definition_invalid",
      detail: expect.stringContaining("no distribution point of this farm"),
    });
  },
);

/** So that erasing would be seen: a new drive is all zeros. */
async function fillEnds(path: string): Promise<void> {
  const file = await open(path, "r+");
  const { size } = await file.stat();
  for (const atByte of [0, size - 1024 * 1024])
    await file.write(Buffer.alloc(1024 * 1024, "old "), 0, 1024 * 1024, atByte);
  await file.close();
}

async function digestOfFile(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
