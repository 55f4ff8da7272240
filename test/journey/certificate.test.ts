import { execFileSync } from "node:child_process";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToEnd } from "../support/processes.ts";
import { missingPrograms } from "../support/run-program.ts";
import { startFarm, type TestFarm } from "./support/farm.ts";
import { extractFat, STICK_JUDGES } from "./support/fat-stick.ts";
import { openSettings } from "./support/open-settings.ts";

const PASSWORD = "correct horse battery staple";
const PFX_PASSWORD = "pfx-Kennwort-größer";

/** What the sealed settings hold for who starts the stick. */
type Sealed = {
  readonly certificate: {
    readonly thumbprint: string;
    readonly pfx: string;
    readonly pfxPassword: string;
  };
};

test("a stick carries its certificate: a new one or one that was brought along, with the key under the password", {
  timeout: 600_000,
}, async ({ skip }) => {
  const missing = missingPrograms(...STICK_JUDGES, "openssl");
  if (missing.length > 0) skip(`not on this machine: ${missing.join(", ")}`);
  const drives = ["A1", "B2"].map((serial, index) => ({
    serial,
    bay: String(index + 1),
    size: "128MiB",
  }));
  const farm = await startFarm({ agents: { "ws-1": drives } });
  const openssl = opensslIn(farm.directory);
  await setUp(farm, openssl);

  await farm.must("media", "apply", "-f", await definition(farm, "own", "{ selfSigned: {} }"));
  await farm.must("build", "start", "own", "--on", "ws-1/1", "--yes", "--watch");
  const own = await readStick(farm, "A1");
  const shown = openssl.show(own);
  expect(shown).toContain("Public-Key: (2048 bit)");
  expect(shown).toContain("TLS Web Client Authentication");
  expect(shown).toMatch(/Subject: CN ?= ?own/);
  expect(shown.replaceAll(":", "")).toContain(own.media.certificate.thumbprint);
  expect(own.media.certificate.kind).toBe("selfSigned");

  openssl.run(...REQUEST, "-days", "30", "-out", "hq.pem", "-addext", CLIENT);
  openssl.run("pkcs12", "-export", ...PEM, "-passout", `pass:${PFX_PASSWORD}`, "-out", "hq.pfx");
  await farm.must("content", "add", "hq.pfx", "--name", "hq-cert");
  const brought = "{ pkcs12: { content: hq-cert, passwordSecret: media/pfx } }";
  await farm.must("media", "apply", "-f", await definition(farm, "brought", brought));
  const started = await farm.run("build", "start", "brought", "--on", "ws-1/2", "--yes", "--watch");
  expect([started.code, started.stderr + started.stdout]).toEqual([
    0,
    expect.stringContaining("certificate-root-unknown"),
  ]);
  const stick = await readStick(farm, "B2");
  expect(stick.sealed.certificate.pfxPassword).toBe(PFX_PASSWORD);
  expect(Buffer.from(stick.sealed.certificate.pfx, "base64")).toEqual(
    await readFile(join(farm.directory, "hq.pfx")),
  );
  expect(openssl.show(stick)).toBe(
    openssl.run("x509", "-in", "hq.pem", "-noout", "-text", "-fingerprint"),
  );

  const listed = JSON.parse(await farm.must("media", "certificates", "-o", "json"));
  expect(listed).toMatchObject([
    { mediaName: "brought", kind: "pkcs12", daysLeft: 29, buildIds: [expect.any(String)] },
    { mediaName: "own", kind: "selfSigned", daysLeft: 364, buildIds: [expect.any(String)] },
  ]);
  await farm.must("media", "apply", "-f", await definition(farm, "second", brought));
  const again = await farm.must("plan", "second", "--on", "ws-1", "-o", "json");
  expect(JSON.parse(again).warnings.slice(1)).toMatchObject([
    { ruleId: "certificate-root-unknown", line: 6 },
    { ruleId: "certificate-reused", rule: expect.stringContaining("brought") },
  ]);
});

test("a certificate that is of no use is refused before anything is erased", {
  timeout: 600_000,
}, async ({ skip }) => {
  const missing = missingPrograms("openssl");
  if (missing.length > 0) skip(`not on this machine: ${missing.join(", ")}`);
  const farm = await startFarm({ agents: { "ws-1": [{ serial: "A1", bay: "1", size: "64MiB" }] } });
  const openssl = opensslIn(farm.directory);
  await setUp(farm, openssl);
  const before = await stat(farm.driveFile("ws-1", "A1"));
  const pack = (name: string, ...args: string[]) =>
    openssl.run("pkcs12", "-export", ...PEM, "-out", `${name}.pfx`, ...args);
  const pass = ["-passout", `pass:${PFX_PASSWORD}`];
  openssl.run(...REQUEST, "-days", "30", "-out", "hq.pem", "-addext", CLIENT);
  pack("passwordless", "-passout", "pass:");
  pack("foreign", "-passout", "pass:another-password");
  pack("legacy", "-legacy", ...pass);
  openssl.run(
    ...REQUEST,
    "-days",
    "30",
    "-out",
    "hq.pem",
    "-addext",
    "extendedKeyUsage=serverAuth",
  );
  pack("server", ...pass);
  await openssl.issueExpired();
  pack("expired", ...pass);
  for (const [name, code, says] of [
    ["passwordless", "certificate_unfit", "its private key has no password"],
    ["foreign", "pkcs12_not_opened", "the password does not open it"],
    ["legacy", "pkcs12_legacy", "openssl pkcs12 -legacy -in OLD.pfx"],
    ["server", "certificate_unfit", "it is not for client authentication"],
    ["expired", "certificate_unfit", "it expired at 2026-01-01T00:00:00Z"],
  ] as const) {
    await farm.must("content", "add", `${name}.pfx`, "--name", `${name}-cert`);
    const certificate = `{ pkcs12: { content: ${name}-cert, passwordSecret: media/pfx } }`;
    await farm.must("media", "apply", "-f", await definition(farm, name, certificate));
    const started = await farm.run("build", "start", name, "--on", "ws-1/1", "--yes");
    expect([started.code, started.stdout], name).toEqual([2, ""]);
    expect(started.stderr).toContain(`[${code}]`);
    expect(started.stderr).toContain(says);
    expect(started.stderr).not.toContain(PFX_PASSWORD);
  }
  expect(JSON.parse(await farm.must("build", "list", "-o", "json"))).toEqual([]);
  const after = await stat(farm.driveFile("ws-1", "A1"));
  expect([after.blocks, after.mtimeMs]).toEqual([before.blocks, before.mtimeMs]);
  const open = await definition(farm, "open", "{ selfSigned: {} }", "");
  const refused = await farm.run("media", "apply", "-f", open);
  expect([refused.code, refused.stderr + refused.stdout]).toEqual([
    2,
    expect.stringContaining("[certificate-not-sealed]"),
  ]);
});

const CLIENT = "extendedKeyUsage=clientAuth";
const REQUEST = [
  "req",
  "-x509",
  "-newkey",
  "rsa:2048",
  "-noenc",
  "-keyout",
  "hq.key",
  "-subj",
  "/CN=hq",
];
const PEM = ["-inkey", "hq.key", "-in", "hq.pem"];

async function setUp(farm: TestFarm, openssl: ReturnType<typeof opensslIn>): Promise<void> {
  await mkdir(join(farm.directory, "tree"));
  await writeFile(join(farm.directory, "tree/readme.txt"), "nothing secret\n");
  await openssl.setUp();
  for (const [name, input] of [
    ["media/hq", PASSWORD],
    ["media/pfx", PFX_PASSWORD],
  ] as const) {
    const options = { cwd: farm.directory, env: farm.env, input };
    expect(await runToEnd("stickfarm", ["secret", "set", name], options)).toMatchObject({
      code: 0,
    });
  }
  await farm.must("content", "add", "tree", "--name", "tools");
}

async function definition(
  farm: TestFarm,
  name: string,
  certificate: string,
  password = "password: { secret: media/hq }, ",
): Promise<string> {
  const path = join(farm.directory, `${name}.yaml`);
  const lines = [
    "apiVersion: stickfarm/v1",
    "kind: BootableMedia",
    `metadata: { name: ${name} }`,
    "spec:",
    "  files: [{ content: tools }]",
    `  security: { ${password}certificate: ${certificate} }`,
  ];
  await writeFile(path, `${lines.join("\n")}\n`);
  return path;
}

async function readStick(farm: TestFarm, serial: string) {
  const files = join(farm.directory, `files-${serial}`);
  await extractFat(farm.driveFile("ws-1", serial), files);
  const bytes = await readFile(join(files, "stickfarm/settings.sealed"));
  const media = JSON.parse(await readFile(join(files, "stickfarm/media.json"), "utf8"));
  return { sealed: openSettings(bytes, PASSWORD) as Sealed, media };
}

function opensslIn(directory: string) {
  const env = { ...process.env, OPENSSL_CONF: join(directory, "openssl.cnf") };
  const run = (...args: readonly string[]) =>
    execFileSync("openssl", args, { cwd: directory, encoding: "utf8", env, stdio: "pipe" });
  return {
    run,
    setUp: () =>
      writeFile(
        join(directory, "openssl.cnf"),
        [
          ...["[req]", "distinguished_name=dn", "[dn]", "[past]", CLIENT],
          ...["[ca]", "default_ca=own", "[own]", "database=index", "new_certs_dir=.", "policy=any"],
          ...["default_md=sha256", "rand_serial=yes", "unique_subject=no", "x509_extensions=past"],
          ...["[any]", "commonName=supplied", ""],
        ].join("\n"),
      ),
    issueExpired: async () => {
      await writeFile(join(directory, "index"), "");
      const [, , ...request] = REQUEST;
      run("req", ...request, "-out", "hq.csr");
      const dates = ["-startdate", "20250101000000Z", "-enddate", "20260101000000Z"];
      run(
        "ca",
        "-batch",
        "-selfsign",
        "-keyfile",
        "hq.key",
        "-in",
        "hq.csr",
        "-out",
        "hq.pem",
        ...dates,
      );
    },
    /** Opened with the password that lies beside it, and shown: the certificate has its key, or this throws. */
    show: ({ sealed }: { readonly sealed: Sealed }) => {
      const { pfx, pfxPassword } = sealed.certificate;
      const input = { cwd: directory, env, input: Buffer.from(pfx, "base64") };
      const open = ["pkcs12", "-passin", `pass:${pfxPassword}`, "-noenc"];
      const pem = execFileSync("openssl", open, { ...input, stdio: ["pipe", "pipe", "pipe"] });
      const options = { cwd: directory, env, input: pem, encoding: "utf8" } as const;
      const key = execFileSync("openssl", ["pkey", "-pubout"], options);
      expect(execFileSync("openssl", ["x509", "-noout", "-pubkey"], options)).toBe(key);
      return execFileSync("openssl", ["x509", "-noout", "-text", "-fingerprint"], options);
    },
  };
}
