import { execFileSync } from "node:child_process";
import { createPrivateKey, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Ended, runToEnd } from "../support/processes.ts";
import { missingPrograms } from "../support/run-program.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { startFarm, type TestFarm } from "./support/farm.ts";
import { extractFat, STICK_JUDGES } from "./support/fat-stick.ts";
import { openSettings } from "./support/open-settings.ts";
import {
  formsIn,
  type Needles,
  needlesOf,
  needlesOfBytes,
  searchFiles,
} from "./support/search-bytes.ts";
import { tapNats } from "./support/tap-nats.ts";

/** New for each run: nobody else on this machine has it, not even who searches these lines. */
const MARK = `Kanarienvogel-${randomBytes(6).toString("hex")}`;
/** All begin alike, so that one search finds any. */
const PASSWORD = `${MARK}-Medienkennwort`;
const VALUE = `${MARK}-Beitrittskonto`;
const PFX_PASSWORD = `${MARK}-Zertifikat`;
const CANARY = needlesOf(MARK);

const MEDIA = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: sealed }
spec:
  files: [{ content: tools }]
  security:
    password: { secret: media/hq }
    certificate: { pkcs12: { content: hq-cert, passwordSecret: media/hq-pfx } }
  customization:
    variables:
      - { name: OSDTimeZone, value: W. Europe Standard Time }
      - { name: JoinPassword, secret: join/hq }
`;

test("a secret is on the stick under its password, and nowhere else", {
  timeout: 600_000,
}, async ({ skip }) => {
  const missing = missingPrograms(...STICK_JUDGES, "openssl");
  if (missing.length > 0) skip(`not on this machine: ${missing.join(", ")}`);
  const drive = { serial: "A1", bay: "1", size: "128MiB" };
  const farm = await startFarm({
    agents: { "ws-1": [drive] },
    serveArgs: ["--log-level", "debug"],
    agentArgs: ["--log-level", "debug"],
    env: (directory) => ({ TMPDIR: join(directory, "tmp") }),
  });
  await mkdir(join(farm.directory, "tmp"));
  const certificate = await makeCertificate();
  const secretsKey = needlesOfBytes(await readFile(join(farm.directory, "farm.key")));
  const all = [CANARY, certificate.privateKey];
  const nats = await tapNats(farm);
  const seen = watchProcesses(all, join(farm.directory, "tmp"));
  const said = await buildSealed(farm, certificate.pfx);
  const stick = farm.driveFile("ws-1", "A1");
  // With the database's journal as it stands while everything runs, and once more when all is at rest. Among the files
  // are the stick itself, the library, the agent's cache and journal, and what went to temporary files.
  expect(await searchAll(farm.directory, all)).toEqual([]);
  const ended = [await farm.agent("ws-1").end(), await farm.controller().end()];
  expect(await searchAll(farm.directory, all)).toEqual([]);
  expect(await searchFiles(join(farm.directory, "farm"), secretsKey)).toEqual([]);
  expect(await searchFiles(join(farm.directory, "ws-1"), secretsKey)).toEqual([]);
  const words = [...said, ...ended].map(({ stdout, stderr }) => Buffer.from(stdout + stderr));
  expect(
    [...words, nats.heard()].flatMap((bytes) => formsInAll(bytes, [...all, secretsKey])),
  ).toEqual([]);
  expect(nats.count()).toBeGreaterThan(0);
  expect(nats.heard().toString()).toContain("ws-1");
  const processes = seen.end();
  expect(processes.found).toEqual([]);
  expect(processes.names.some((name) => name.includes("writer-main"))).toBe(true);
  await openStick(farm, stick);

  const files = join(farm.directory, "files");
  await extractFat(stick, files);
  const sealed = await readFile(join(files, "stickfarm/settings.sealed"));
  const settings = JSON.stringify(openSettings(sealed, PASSWORD));
  for (const value of [VALUE, PFX_PASSWORD, certificate.pfx.toString("base64")])
    expect(settings).toContain(value);
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

/** A PKCS #12 file, made where no search looks, and the private number that is in it. */
async function makeCertificate() {
  const directory = await tempDirectory();
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: directory, stdio: "pipe" });
  await writeFile(join(directory, "password"), PFX_PASSWORD);
  const request = ["-newkey", "rsa:2048", "-noenc", "-keyout", "key", "-out", "pem"];
  openssl("req", "-x509", ...request, "-subj", "/CN=hq", "-addext", "extendedKeyUsage=clientAuth");
  const pack = ["-export", "-inkey", "key", "-in", "pem", "-passout", "file:password"];
  openssl("pkcs12", ...pack, "-out", "hq.pfx");
  const key = createPrivateKey(await readFile(join(directory, "key"))).export({ format: "jwk" });
  // A part of the exponent is in every form of the key, and long enough to be in nothing else.
  const exponent = Buffer.from(key.d ?? "", "base64url").subarray(32, 64);
  return { pfx: await readFile(join(directory, "hq.pfx")), privateKey: needlesOfBytes(exponent) };
}

/** Support staff read the stick with its password, and nobody makes them wait or fill their memory. */
async function openStick(farm: TestFarm, stick: string): Promise<void> {
  const options = { cwd: farm.directory, env: farm.env };
  const opened = (path: string, input: string, ...args: string[]) =>
    runToEnd("stickfarm", ["stick", "open", path, "-o", "json", ...args], { ...options, input });
  const shown = await opened(stick, PASSWORD);
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(formsSaid(shown)).toEqual([]);
  const { checks, settings, kind } = JSON.parse(shown.stdout);
  expect(kind).toBe("fat32");
  expect(checks.map(({ result }: { result: string }) => result)).toEqual(["ok", "ok", "ok", "ok"]);
  expect(settings.environment).toContainEqual({
    name: "OSDTimeZone",
    value: "W. Europe Standard Time",
  });
  const revealed = JSON.parse((await opened(stick, PASSWORD, "--reveal")).stdout);
  expect(revealed.settings.environment).toContainEqual({
    name: "JoinPassword",
    value: VALUE,
    secret: true,
  });
  const wrong = await opened(stick, VALUE);
  expect([wrong.code, wrong.stdout]).toEqual([4, ""]);
  expect(formsSaid(wrong)).toEqual([]);
  const bomb = join(farm.directory, "bomb.img");
  await writeFile(bomb, await readFile(stick));
  await replaceBytes(bomb, '"n":131072', '"n":1.1e12');
  const refused = await opened(bomb, PASSWORD);
  expect([refused.code, refused.stdout]).toEqual([4, ""]);
  expect(refused.stderr).toContain("weaker or takes more memory than allowed");
}

async function replaceBytes(path: string, from: string, to: string): Promise<void> {
  const at = (await readFile(path)).indexOf(from);
  expect(at).toBeGreaterThan(0);
  const file = await open(path, "r+");
  await file.write(Buffer.from(to), 0, to.length, at);
  await file.close();
}

/** What each command said on the way from secrets to a stick, those that fail among them. */
async function buildSealed(farm: TestFarm, pfx: Buffer): Promise<Ended[]> {
  await mkdir(join(farm.directory, "tree"));
  await writeFile(join(farm.directory, "tree/readme.txt"), "nothing secret\n");
  await writeFile(join(farm.directory, "media.yaml"), MEDIA);
  await writeFile(join(farm.directory, "hq.pfx"), pfx);
  const said: Ended[] = [];
  const run = async (code: number, command: string, input?: string) => {
    const options = {
      cwd: farm.directory,
      env: farm.env,
      ...(input === undefined ? {} : { input }),
    };
    const ended = await runToEnd("stickfarm", command.split(" "), options);
    expect(ended, command).toMatchObject({ code });
    said.push(ended);
  };
  const must = (command: string, input?: string) => run(0, command, input);
  await must("secret set media/hq", `${PASSWORD}\n`);
  await must("secret set join/hq", VALUE);
  await must("secret set media/hq-pfx", VALUE);
  await must("content add tree --name tools");
  await must("content add hq.pfx --name hq-cert");
  await must("media apply -f media.yaml");
  // Another secret is taken for the file's password, then the right one.
  await run(2, "build start sealed --on ws-1/1 --yes");
  await must("secret set media/hq-pfx", PFX_PASSWORD);
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
    "media certificates -o json",
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

async function searchAll(folder: string, all: readonly Needles[]): Promise<string[]> {
  const found = await Promise.all(all.map((needles) => searchFiles(folder, needles)));
  return found.flat();
}

function formsInAll(bytes: Buffer, all: readonly Needles[]): string[] {
  return all.flatMap((needles) => formsIn(bytes, needles));
}

function formsSaid({ stdout, stderr }: Ended): string[] {
  return formsIn(Buffer.from(`${stdout}${stderr}`), CANARY);
}

/** Looks at the command line and the environment of every process, and at temporary files, until it is ended. */
function watchProcesses(all: readonly Needles[], temporary: string) {
  const found = new Set<string>();
  const names = new Set<string>();
  const look = () => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
      for (const what of ["cmdline", "environ"]) {
        const bytes = contentOf(`/proc/${pid}/${what}`);
        if (what === "cmdline") names.add(bytes.toString().replaceAll("\0", " "));
        for (const form of formsInAll(bytes, all)) found.add(`${what} of ${pid}: ${form}`);
      }
    for (const name of readdirSync(temporary, { recursive: true, encoding: "utf8" }))
      for (const form of formsInAll(contentOf(join(temporary, name)), all))
        found.add(`${name}: ${form}`);
  };
  const timer = setInterval(look, 50);
  onTestFinished(() => clearInterval(timer));
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
