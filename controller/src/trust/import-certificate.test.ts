import { X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { DAY_MS, HOUR_MS } from "@stickfarm/common/durations";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { Secret } from "@stickfarm/common/secret";
import { expect, onTestFinished, test } from "vitest";
import { importCertificate } from "./import-certificate.ts";
import { doubtsOf } from "./judge-certificate.ts";
import { openPkcs12, PKCS12_BYTES_MAX } from "./open-pkcs12.ts";
import { CLIENT_USE, type OpensslFixture, openOpenssl } from "./openssl-fixture.ts";

const PASSWORD = "sécret-länger";
const IN = ["-passout", `pass:${PASSWORD}`];

test("importCertificate() takes what OpenSSL exports, as it is, and tells what it is", async () => {
  const openssl = await setUp();
  openssl.issue("hq");
  const pfx = await openssl.pack("hq", ...IN);
  const imported = await importWith(pfx);
  if (!imported.ok) throw new Error(imported.problem.detail);
  const { certificate, doubts } = imported.value;
  const { raw } = new X509Certificate(await readFile(openssl.path("hq.pem")));
  const shown = openssl.run("x509", "-in", "hq.pem", "-noout", "-fingerprint").replaceAll(":", "");
  expect(shown).toContain(certificate.facts.thumbprint);
  expect(certificate.facts).toMatchObject({ kind: "pkcs12", subject: "CN=hq" });
  expect(certificate.facts.notAfterMs - certificate.facts.notBeforeMs).toBe(30 * DAY_MS);
  expect(Buffer.from(certificate.pfx.reveal())).toEqual(pfx);
  expect(raw.length).toBeGreaterThan(500);
  expect(doubts.map(({ ruleId }) => ruleId)).toEqual(["certificate-root-unknown"]);
});

test.each<readonly [what: string, how: readonly string[]]>([
  ["an EC key", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]],
  ["an RSA key", ["-newkey", "rsa:2048"]],
])("importCertificate() takes %s", async (_, how) => {
  const openssl = await setUp();
  const out = ["-noenc", "-keyout", "hq.key", "-out", "hq.pem", "-subj", "/CN=hq"];
  openssl.run("req", "-x509", ...how, ...out, "-addext", CLIENT_USE);
  expect((await importWith(await openssl.pack("hq", ...IN))).ok).toBe(true);
});

const REFUSED: readonly (readonly [
  why: string,
  pack: (openssl: OpensslFixture) => Promise<Uint8Array>,
  code: string,
  detail: RegExp,
])[] = [
  [
    "another password",
    (openssl) => openssl.pack("hq", "-passout", "pass:other"),
    "pkcs12_not_opened",
    /the password does not open it/,
  ],
  [
    "no password",
    (openssl) => openssl.pack("hq", "-passout", "pass:"),
    "certificate_unfit",
    /has no password/,
  ],
  [
    "no digest",
    (openssl) => openssl.pack("hq", "-nomac", ...IN),
    "certificate_unfit",
    /no password/,
  ],
  [
    "an open key behind a digest",
    (openssl) => openssl.pack("hq", "-keypbe", "NONE", "-certpbe", "NONE", ...IN),
    "certificate_unfit",
    /private key has no password/,
  ],
  [
    "RC2",
    (openssl) => openssl.pack("hq", "-legacy", ...IN),
    "pkcs12_legacy",
    /RC2, RC4 or 3DES, it must be by AES/,
  ],
  [
    "3DES for the key alone",
    (openssl) => openssl.pack("hq", "-keypbe", "PBE-SHA1-3DES", ...IN),
    "pkcs12_legacy",
    /it must be by AES/,
  ],
  [
    "no key",
    (openssl) => openssl.pack("hq", "-nokeys", ...IN),
    "certificate_unfit",
    /0 private keys/,
  ],
  [
    "a derivation of minutes",
    (openssl) => openssl.pack("hq", "-iter", "1000001", ...IN),
    "certificate_unfit",
    /more than 1000000 times/,
  ],
  ["rubbish", async () => Buffer.from("not a pfx at all"), "certificate_unfit", /as PKCS #12/],
  ["nothing", async () => Buffer.alloc(0), "certificate_unfit", /as PKCS #12/],
  [
    "too much",
    async () => Buffer.alloc(PKCS12_BYTES_MAX + 1, 0x30),
    "certificate_unfit",
    /more than 65536 bytes/,
  ],
  [
    "a certificate in PEM",
    (openssl) => readFile(openssl.path("hq.pem")),
    "certificate_unfit",
    /as PKCS #12/,
  ],
];

test.each(REFUSED)("importCertificate() refuses a file with %s", async (_, pack, code, detail) => {
  const openssl = await setUp();
  openssl.issue("hq");
  const imported = await importWith(await pack(openssl));
  expect(imported).toMatchObject({ problem: { code, detail: expect.stringMatching(detail) } });
  expect(JSON.stringify(imported)).not.toContain(PASSWORD);
});

test("importCertificate() never throws, wherever the file is damaged", async () => {
  const openssl = await setUp();
  openssl.issue("hq");
  const pfx = await openssl.pack("hq", ...IN);
  const codes = new Set<string>();
  for (let at = 0; at < pfx.length; at += 41) {
    const damaged = Uint8Array.from(pfx, (byte, index) => (index === at ? byte ^ 0x55 : byte));
    const imported = await importWith(damaged);
    // The digest leaves out some bytes around itself: the parameters of its own algorithm, say.
    codes.add(imported.ok ? "taken" : imported.problem.code);
  }
  expect([...codes].filter((code) => !/^(taken$|certificate_unfit|pkcs12_)/.test(code))).toEqual(
    [],
  );
});

test("importCertificate() wants client authentication, and a day left, and says all at once", async () => {
  const openssl = await setUp();
  openssl.issue("hq", { lines: ["extendedKeyUsage=serverAuth"] });
  const server = await openssl.pack("hq", ...IN);
  const problem = { code: "certificate_unfit" };
  expect(await importWith(server)).toMatchObject({ problem });
  openssl.issue("any", { lines: [] });
  expect(await importWith(await openssl.pack("any", ...IN))).toMatchObject({
    problem: { ...problem, detail: expect.stringMatching(/1\.3\.6\.1\.5\.5\.7\.3\.2/) },
  });
  openssl.issue("good");
  const good = await openssl.pack("good", ...IN);
  const inMs = (leftMs: number) => importWith(good, Date.now() + 30 * DAY_MS - leftMs);
  expect((await inMs(25 * HOUR_MS)).ok).toBe(true);
  expect(await inMs(23 * HOUR_MS)).toMatchObject({
    problem: { ...problem, detail: expect.stringMatching(/must be good for 24 hours or more/) },
  });
  expect(await inMs(-HOUR_MS)).toMatchObject({
    problem: { ...problem, detail: expect.stringMatching(/it expired at \d{4}-/) },
  });
  expect(await importWith(server, Date.now() + 31 * DAY_MS)).toMatchObject({
    problem: { ...problem, detail: expect.stringMatching(/expired.*client authentication/) },
  });
});

test("doubtsOf() warns of long keys, and of chains that end at no known root", async () => {
  const openssl = await setUp();
  openssl.issue("root", { lines: ["basicConstraints=critical,CA:TRUE"] });
  openssl.issue("middle", { by: "root", lines: ["basicConstraints=critical,CA:TRUE"] });
  openssl.issue("leaf", { by: "middle", bits: 3072 });
  const root = new X509Certificate(await readFile(openssl.path("root.pem")));
  const judge = async (chain: readonly string[], roots: readonly X509Certificate[]) => {
    const others = await Promise.all(chain.map((name) => readFile(openssl.path(`${name}.pem`))));
    await writeFile(openssl.path("chain"), Buffer.concat(others));
    const options = chain.length === 0 ? [] : ["-certfile", "chain"];
    const pfx = await openssl.pack("leaf", ...options, ...IN);
    const opened = await openPkcs12(pfx, { password: Secret.ofText(PASSWORD), doing: "x" });
    if (!opened.ok) throw new Error(opened.problem.detail);
    return doubtsOf(opened.value, roots).map(({ ruleId, rule }) => `${ruleId} ${rule}`);
  };
  const long = "certificate-key-long has a key of 3072 bits, sites may take 2048 at most";
  const unknown =
    "certificate-root-unknown ends in a root certificate that this machine does not know";
  const broken =
    "certificate-root-unknown has a chain whose next certificate is neither in the file nor known to this machine";
  expect(await judge(["middle"], [root])).toEqual([long]);
  expect(await judge(["middle", "root"], [root])).toEqual([long]);
  expect(await judge(["middle", "root"], [])).toEqual([long, unknown]);
  expect(await judge(["middle"], [])).toEqual([long, broken]);
  expect(await judge([], [root])).toEqual([long, broken]);
});

function importWith(pfx: Uint8Array, nowMs = Date.now()) {
  const doing = 'Cannot use the certificate in content "hq-cert"';
  return importCertificate(pfx, { password: Secret.ofText(PASSWORD), doing, nowMs });
}

async function setUp(): Promise<OpensslFixture> {
  return openOpenssl(await makeTemporaryFolder(onTestFinished));
}
