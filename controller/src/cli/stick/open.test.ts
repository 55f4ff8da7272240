import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { Secret } from "@stickfarm/common/secret";
import { expect, onTestFinished, test } from "vitest";
import { sealSettings } from "../../compile/seal-settings.ts";
import type { TestIoFields } from "../test-cli.ts";
import { startProgram } from "../test-controller.ts";

const NOWHERE = { controller: "127.0.0.1:1", caPem: "", certificatePem: "", keyPem: "" };
const PASSWORD = "correct horse battery";
const CANARY = "canary-4e1b-Beitritt";
const PFX = Buffer.from("a private key").toString("base64");
/** Key derivation takes a second of an idle processor, by intent. */
const TIMEOUT_MS = 60_000;

const MEDIA = JSON.stringify({
  name: "hq",
  revision: 3,
  description: "Rollout\u001b[2J",
  certificate: { thumbprint: "AB12", notAfter: "2027-12-01T00:00:00Z" },
});
const SETTINGS = {
  formatVersion: 1,
  mediaJsonSha256: createHash("sha256").update(MEDIA).digest("hex"),
  management: { mode: "dynamic", managementPoints: ["http://mp1.example.net:80"] },
  environment: [
    { name: "OSDTimeZone", value: "UTC" },
    { name: "OSDComputerName", ask: true },
    { name: "JoinPassword", value: CANARY, secret: true },
  ],
  prestart: { command: "cmd /C ask.cmd" },
  certificate: { thumbprint: "AB12", pfx: PFX, pfxPassword: CANARY },
};

test("stick open shows what settings.sealed holds, and no secret of it", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { run, path } = await setUp({ "settings.sealed": await sealed() });
  const shown = await run(["stick", "open", path("settings.sealed")], { typed: `${PASSWORD}\n` });
  expect([shown.status, shown.stderr]).toEqual([0, ""]);
  expect(shown.stdout).toMatch(/^OSDTimeZone +UTC$/m);
  expect(shown.stdout).toMatch(/^OSDComputerName +\(asked at boot\)$/m);
  expect(shown.stdout).toMatch(/^JoinPassword +\(hidden, see --reveal\)$/m);
  expect(shown.stdout).toContain("cmd /C ask.cmd");
  const json = await run(["stick", "open", path("settings.sealed"), "-o", "json"], {
    typed: PASSWORD,
  });
  for (const text of [shown.stdout, shown.stderr, json.stdout]) {
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(PFX);
    expect(text).not.toContain(PASSWORD);
  }
});

test("stick open reveals what it is asked to, with the password from a file", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { run, path } = await setUp({ s: await sealed(), password: `${PASSWORD}\r\n` });
  const args = ["--password-file", path("password"), "--reveal", "-o", "json"];
  const { status, stdout } = await run(["stick", "open", path("s"), ...args]);
  expect([status, JSON.parse(stdout).settings]).toEqual([0, SETTINGS]);
});

test("stick open says that a password is wrong, and shows nothing", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { run, path } = await setUp({ s: await sealed() });
  const typed = { terminal: true, typed: "another password\r" };
  const { status, stdout, stderr } = await run(["stick", "open", path("s")], typed);
  expect([status, stdout]).toEqual([4, ""]);
  expect(stderr).toContain("[settings_not_opened]");
  expect(stderr).not.toContain("another password");
});

test.each([
  ["asks for 2^40 rounds", { n: 2 ** 40 }],
  ["asks for 2^20 rounds", { n: 2 ** 20 }],
  ["asks for large blocks", { r: 2 ** 20 }],
  ["asks for many lanes", { p: 5 }],
  ["is weaker than ours", { n: 2 ** 10 }],
  ["has another derivation", { name: "pbkdf2" }],
])("stick open refuses a header that %s, before it asks for a password", async (_, kdf) => {
  const header = {
    cipher: { name: "aes-256-gcm", nonce: randomBytes(12).toString("base64") },
    format: "stickfarm-settings",
    kdf: {
      name: "scrypt",
      n: 2 ** 17,
      r: 8,
      p: 1,
      salt: randomBytes(16).toString("base64"),
      ...kdf,
    },
    version: 1,
  };
  const bytes = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), randomBytes(2000)]);
  const { run, path } = await setUp({ s: bytes });
  // Nobody types: to ask would be to wait for ever.
  const { status, stdout, stderr } = await run(["stick", "open", path("s")], { terminal: true });
  expect([status, stdout]).toEqual([4, ""]);
  expect(stderr).toContain("weaker or takes more memory than allowed");
});

test("stick open names what is no stick of ours", async () => {
  const { run, path } = await setUp({ zeros: Buffer.alloc(100_000), empty: "" });
  execFileSync("mkfifo", [path("pipe")]);
  for (const [name, status, code] of [
    ["zeros", 3, "stick_unknown"],
    ["empty", 3, "stick_unknown"],
    ["none", 3, "path_missing"],
    ["pipe", 3, "stick_unknown"],
    [".", 3, "stick_unknown"],
  ] as const) {
    const ended = await run(["stick", "open", path(name)]);
    expect([ended.status, ended.stdout], name).toEqual([status, ""]);
    expect(ended.stderr).toContain(`[${code}]`);
  }
});

test("stick open takes no farm key that is none", async () => {
  const { run, path } = await setUp({ s: "{", key: "-----BEGIN PUBLIC KEY-----\nrubbish" });
  const args = ["stick", "open", path("s"), "--farm-key"];
  expect((await run([...args, path("key")])).stderr).toContain("[usage]");
  expect((await run([...args, path("none")])).stderr).toContain("[path_missing]");
});

test("stick open reads an ISO file, checks the farm's signature, and tells what was changed", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const bytes = await sealed();
  const manifest = JSON.stringify({
    body: {
      files: Object.entries({ "media.json": Buffer.from(MEDIA), "settings.sealed": bytes }).map(
        ([name, file]) => ({
          path: `stickfarm/${name}`,
          blob: { sha256: createHash("sha256").update(file).digest("hex") },
        }),
      ),
    },
  });
  const { run, path } = await setUp({
    key: publicKey.export({ type: "spki", format: "pem" }).toString(),
    password: PASSWORD,
    "good/stickfarm/media.json": MEDIA,
    "good/stickfarm/settings.sealed": bytes,
    "good/stickfarm/manifest.json": manifest,
    "good/stickfarm/manifest.sig": sign(null, Buffer.from(manifest), privateKey),
    "bad/stickfarm/media.json": MEDIA.replace("hq", "xx"),
    "bad/stickfarm/settings.sealed": bytes,
    "bad/stickfarm/manifest.json": `${manifest} `,
    "bad/stickfarm/manifest.sig": sign(null, Buffer.from(manifest), privateKey),
  });
  const open = (name: string) => {
    const quiet = ["-as", "mkisofs", "-quiet", "-R", "-o", path(`${name}.iso`), path(name)];
    execFileSync("xorriso", quiet, { stdio: "pipe" });
    const args = ["--password-file", path("password"), "--farm-key", path("key")];
    return run(["stick", "open", path(`${name}.iso`), ...args]);
  };
  const good = await open("good");
  expect([good.status, good.stderr]).toEqual([0, ""]);
  expect(good.stdout).toMatch(/^Source: .*good\.iso \(iso\)$/m);
  expect(good.stdout).toMatch(/^Media: +hq@3$/m);
  expect(good.stdout).not.toContain("\u001b");
  expect(good.stdout.match(/ ok /g)).toHaveLength(4);
  const bad = await open("bad");
  expect(bad.status).toBe(1);
  expect(bad.stdout).toMatch(/^manifest\.sig +wrong /m);
  expect(bad.stdout).toMatch(/^media\.json +wrong /m);
  expect(bad.stdout).toMatch(/^settings\.sealed +ok /m);
  expect(bad.stdout).toMatch(/^sealed part +wrong /m);
  expect(bad.stderr).toContain("[stick_damaged]");
});

function sealed(): Promise<Uint8Array> {
  const random = { salt: randomBytes(16), nonce: randomBytes(12) };
  return sealSettings(JSON.stringify(SETTINGS), Secret.ofText(PASSWORD), random);
}

async function setUp(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = (name: string) => join(folder, name);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(path(name), ".."), { recursive: true });
    await writeFile(path(name), content);
  }
  const env = { STICKFARM_DATA: join(folder, "farm") };
  const run = (args: readonly string[], fields: TestIoFields = {}) =>
    startProgram(NOWHERE, args, { env, ...fields }).ended;
  return { run, path };
}
