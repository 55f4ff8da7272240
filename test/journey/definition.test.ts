/**
 * From a task sequence and a prestart command to the files of a finished stick, which mtools reads: the packages byte for
 * byte, the environment that the options became, the definition back as it was written, and what its next revision changes.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToEnd } from "../support/processes.ts";
import { startFarm, type TestFarm } from "./support/farm.ts";
import { extractFat } from "./support/fat-stick.ts";

const TASK_SEQUENCE = `apiVersion: stickfarm/v1
kind: TaskSequence
metadata: { name: install-w11, description: Windows 11 }
spec: { packages: [os-w11], preferredDeployment: P0120012 }
`;
/** With what an editor on Windows leaves: a byte order mark, CR before LF, and no line end at the end. */
const MEDIA = `\ufeff# Who changes this tells the service desk.
apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: hq }   # a comment
spec:
  management:
    mode: dynamic
    siteCode: P01
    managementPoints: [{ url: "http://mp2.example.net:80" }, { url: "http://mp1.example.net" }]
  files: [{ content: tools }]
  taskSequence: { name: install-w11 }
  customization:
    variables: [{ name: OSDComputerName, ask: true }]
    prestart: { command: cmd /C Ask.cmd, package: prestart-hq }`.replaceAll("\n", "\r\n");
const SCRIPT = Buffer.from("@echo off\r\nrem \u00e9\r\n\u001a");

test("a task sequence and a prestart command go onto the stick, and the definition comes back as it was", {
  timeout: 600_000,
}, async () => {
  const drive = { serial: "A1", bay: "1", size: "256MiB" };
  const farm = await startFarm({ agents: { "ws-1": [drive] } });
  await addContents(farm);
  await writeFile(join(farm.directory, "media.yaml"), MEDIA);
  await writeFile(join(farm.directory, "install.yaml"), TASK_SEQUENCE);

  const early = await farm.run("media", "apply", "-f", "media.yaml", "-o", "json");
  expect(early.code).toBe(2);
  expect(rulesOf(early.stdout)).toContain("task-sequence-unknown");
  await farm.must("task-sequence", "apply", "-f", "install.yaml");
  await farm.must("media", "apply", "-f", "media.yaml");
  expect(await farm.must("media", "show", "hq@1", "-o", "yaml")).toBe(MEDIA);
  expect(await farm.must("task-sequence", "show", "install-w11")).toBe(TASK_SEQUENCE);

  await farm.must("build", "start", "hq", "--on", "ws-1/1", "--yes", "--watch");
  const files = join(farm.directory, "files");
  await extractFat(farm.driveFile("ws-1", "A1"), files);
  expect(await readFile(join(files, "stickfarm/packages/prestart-hq/Ask.cmd"))).toEqual(SCRIPT);
  const media = JSON.parse(await readFile(join(files, "stickfarm/media.json"), "utf8"));
  expect(media).toMatchObject({
    taskSequence: { name: "install-w11", revision: 1, packages: [{ name: "os-w11" }] },
    prestart: { command: "cmd /C Ask.cmd", package: { at: "/stickfarm/packages/prestart-hq" } },
  });
  expect(media.environment.slice(0, 2)).toEqual([
    { name: "SMSTSLocationMPs", value: "http://mp2.example.net:80*http://mp1.example.net" },
    { name: "_SMSTSSiteCode", value: "P01" },
  ]);
  expect(media.environment.slice(-2)).toEqual([
    { name: "SMSTSPreferredAdvertID", value: "P0120012" },
    { name: "OSDComputerName", ask: true },
  ]);

  await farm.must("content", "add", "os-w11", "--name", "more");
  const next = MEDIA.replace("{ content: tools }", "{ content: tools }, { content: more, at: /m }");
  await writeFile(join(farm.directory, "media.yaml"), next);
  await farm.must("media", "apply", "-f", "media.yaml");
  const diff = JSON.parse(await farm.must("media", "diff", "hq@1", "hq", "-o", "json"));
  expect(diff.fields).toMatchObject([
    { path: "spec.files[1].content", before: null, after: "more" },
    { path: "spec.files[1].at", before: null, after: "/m" },
  ]);
  expect(diff.files).toMatchObject([
    { path: "m/install.wim", before: null, after: { sizeBytes: SCRIPT.length } },
    { path: "stickfarm/media.json" },
  ]);
  const history = JSON.parse(await farm.must("media", "list", "--history", "hq", "-o", "json"));
  expect(history).toMatchObject([{ revision: 2 }, { revision: 1 }]);
  expect((await farm.run("media", "list", "--history", "other")).code).toBe(3);

  const options = { cwd: farm.directory, env: farm.env, input: "short" };
  await runToEnd("stickfarm", ["secret", "set", "media/hq"], options);
  const sealed = MEDIA.replace(
    "  files:",
    "  security: { password: { secret: media/hq } }\r\n  files:",
  );
  await writeFile(join(farm.directory, "sealed.yaml"), sealed);
  const weak = await farm.run("media", "check", "sealed.yaml", "-o", "json");
  expect([weak.code, rulesOf(weak.stdout)]).toEqual([2, expect.arrayContaining(["password-weak"])]);
});

async function addContents(farm: TestFarm): Promise<void> {
  for (const [name, file] of [
    ["tools", "tool.txt"],
    ["os-w11", "install.wim"],
    ["prestart-hq", "Ask.cmd"],
  ] as const) {
    await mkdir(join(farm.directory, name));
    await writeFile(join(farm.directory, name, file), SCRIPT);
    await farm.must("content", "add", name, "--name", name);
  }
}

function rulesOf(stdout: string): readonly string[] {
  const { findings } = JSON.parse(stdout) as { findings: readonly { readonly ruleId: string }[] };
  return findings.map(({ ruleId }) => ruleId);
}
