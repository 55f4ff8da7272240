import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { type Ended, runToEnd } from "../support/processes.ts";
import { missingPrograms } from "../support/run-program.ts";
import { startFarm, type TestFarm } from "./support/farm.ts";
import { extractFat, STICK_JUDGES } from "./support/fat-stick.ts";
import { openSettings } from "./support/open-settings.ts";
import { formsIn, needlesOf, searchFiles } from "./support/search-bytes.ts";

/** New for each run: nobody else on this machine has it, not even who searches these lines. */
const MARK = `Kanarienvogel-${randomBytes(6).toString("hex")}`;
/** Both begin alike, so that one search finds either. */
const PASSWORD = `${MARK}-Medienkennwort`;
const VALUE = `${MARK}-Beitrittskonto`;
const CANARY = needlesOf(MARK);

const MEDIA = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: sealed }
spec:
  files: [{ content: tools }]
  security: { password: { secret: media/hq } }
  customization:
    variables:
      - { name: OSDTimeZone, value: W. Europe Standard Time }
      - { name: JoinPassword, secret: join/hq }
`;

test("a secret is on the stick under its password, and nowhere else", {
  timeout: 600_000,
}, async ({ skip }) => {
  const missing = missingPrograms(...STICK_JUDGES);
  if (missing.length > 0) skip(`not on this machine: ${missing.join(", ")}`);
  const drive = { serial: "A1", bay: "1", size: "128MiB" };
  const farm = await startFarm({
    agents: { "ws-1": [drive] },
    serveArgs: ["--log-level", "debug"],
  });
  const seen = watchProcesses();
  const said = await buildSealed(farm);
  const stick = farm.driveFile("ws-1", "A1");
  // With the database's journal as it stands while everything runs, and once more when all is at rest.
  expect(await searchFiles(farm.directory, CANARY)).toEqual([]);
  const ended = [await farm.agent("ws-1").end(), await farm.controller().end()];
  expect(await searchFiles(farm.directory, CANARY)).toEqual([]);
  expect([...said, ...ended].flatMap(formsSaid)).toEqual([]);
  expect(said.at(-2)?.stdout).toMatch(/variable: JoinPassword = \*\*\*\n/);
  expect(said.at(-2)?.stdout).toMatch(
    /reached seal\n.*succeeded.*; acknowledged\n.*build succeeded\n$/,
  );
  const processes = seen.end();
  expect(processes.found).toEqual([]);
  expect(processes.names.some((name) => name.includes("writer-main"))).toBe(true);

  const files = join(farm.directory, "files");
  await extractFat(stick, files);
  const sealed = await readFile(join(files, "stickfarm/settings.sealed"));
  expect(JSON.stringify(openSettings(sealed, PASSWORD))).toContain(VALUE);
  expect(() => openSettings(sealed, VALUE)).toThrow(/authenticate/);
  expect(await readFile(join(files, "stickfarm/media.json"), "utf8")).toContain("OSDTimeZone");

  // The search itself finds what is there, in each of its forms.
  const planted = join(farm.directory, "planted");
  await mkdir(planted);
  for (const [form, text] of Object.entries(formsOf(VALUE)))
    await writeFile(join(planted, form), Buffer.concat([Buffer.alloc(5_000_000), text]));
  const found = await searchFiles(planted, CANARY);
  expect(new Set(found.map((line) => basename(line.split(": ")[0] ?? "")))).toEqual(
    new Set(Object.keys(formsOf(VALUE))),
  );
});

/** What each command said on the way from two secrets to a stick. */
async function buildSealed(farm: TestFarm): Promise<Ended[]> {
  await mkdir(join(farm.directory, "tree"));
  await writeFile(join(farm.directory, "tree/readme.txt"), "nothing secret\n");
  await writeFile(join(farm.directory, "media.yaml"), MEDIA);
  const said: Ended[] = [];
  const must = async (command: string, input?: string) => {
    const options = {
      cwd: farm.directory,
      env: farm.env,
      ...(input === undefined ? {} : { input }),
    };
    const ended = await runToEnd("stickfarm", command.split(" "), options);
    expect(ended, command).toMatchObject({ code: 0 });
    said.push(ended);
    return ended.stdout;
  };
  await must("secret set media/hq", `${PASSWORD}\n`);
  await must("secret set join/hq", VALUE);
  await must("content add tree --name tools");
  await must("media apply -f media.yaml");
  await must("build start sealed --on ws-1/1 --yes --watch");
  for (const command of [
    "secret list -o json",
    "media show sealed",
    "media show sealed -o json",
    "plan sealed --on ws-1 -o json",
    "build report --last",
    "build report --last -o json",
    "build show --last -o json",
    "content show tools -o json",
    "build log --last",
    "build log --last -o json",
  ])
    await must(command);
  return said;
}

/** As programs might write it. */
function formsOf(text: string): Readonly<Record<string, Buffer>> {
  const base64 = (before: string) => Buffer.from(Buffer.from(before + text).toString("base64"));
  return {
    plain: Buffer.from(text),
    utf16: Buffer.from(text, "utf16le"),
    hex: Buffer.from(Buffer.from(text).toString("hex")),
    "base64-0": base64(""),
    "base64-1": base64("a"),
    "base64-2": base64("ab"),
    json: Buffer.from(JSON.stringify({ value: text })),
  };
}

function formsSaid({ stdout, stderr }: Ended): string[] {
  return formsIn(Buffer.from(`${stdout}${stderr}`), CANARY);
}

/** Looks at the command line and the environment of every process until it is ended. */
function watchProcesses() {
  const found = new Set<string>();
  const names = new Set<string>();
  const look = () => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
      for (const what of ["cmdline", "environ"]) {
        const bytes = contentOf(`/proc/${pid}/${what}`);
        if (what === "cmdline") names.add(bytes.toString().replaceAll("\0", " "));
        for (const form of formsIn(bytes, CANARY)) found.add(`${what} of ${pid}: ${form}`);
      }
  };
  const timer = setInterval(look, 50);
  const end = () => {
    clearInterval(timer);
    return { found: [...found], names: [...names] };
  };
  return { end };
}

/** Empty for what has gone, or belongs to somebody else. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
