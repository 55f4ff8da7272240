import { createHash, randomBytes, verify, X509Certificate } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "@stickfarm/common/secret";
import { expect, test } from "vitest";
import { ensureServerCertificate, hostsToName } from "./ensure-server-certificate.ts";
import { initFarm } from "./init-farm.ts";
import { loadTrust } from "./load-trust.ts";
import { parseOperatorConfig, readOperatorConfig } from "./operator-config.ts";

const NOW_MS = Date.now();
const DAY_MS = 24 * 3600_000;

test("initFarm() writes keys for its owner only, and a configuration that stands alone", async () => {
  await using place = await openPlace();
  expect(await place.init()).toEqual({
    ok: true,
    value: { kind: "created", configPath: place.configPath },
  });
  const names = await readdir(place.path("data"), { recursive: true, withFileTypes: true });
  const modes = await Promise.all(
    names.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return [entry.isDirectory(), ((await stat(path)).mode & 0o777).toString(8)].join();
    }),
  );
  expect(new Set(modes)).toEqual(new Set(["true,700", "false,600"]));
  expect((await stat(place.configPath)).mode & 0o777).toBe(0o600);
  const config = await readOperatorConfig(place.configPath);
  if (!config.ok) throw new Error(config.problem.detail);
  expect(config.value.controller).toBe("127.0.0.1:7443");
  const ca = certificateIn(config.value.caPem);
  const operator = certificateIn(config.value.certificatePem);
  expect(operator.subjectAltName).toBe("URI:stickfarm://operator/admin?grant=drive-admin");
  expect(operator.verify(ca.publicKey)).toBe(true);
});

test("loadTrust() gives what initFarm() made", async () => {
  await using place = await openPlace();
  await place.init();
  const trust = await place.load();
  const bytes = new TextEncoder().encode("manifest");
  expect(verify(null, bytes, trust.signer.publicKeyPem, trust.signer.sign(bytes))).toBe(true);
  const label = { name: "media/hq", version: 1 };
  const again = await place.load();
  const opened = again.secretBox.open(label, trust.secretBox.seal(label, Secret.ofText("x")));
  expect(opened.ok && opened.value.revealText()).toBe("x");
  expect(await readFile(join(trust.natsDirectory, "made-by-nats"), "utf8")).toBe("seed");
  expect(certificateIn(trust.tls.certificatePem).checkHost("farm.example.net")).toBeDefined();
  expect(certificateIn(trust.tls.certificatePem).checkIP("10.1.2.3")).toBeDefined();
});

test("initFarm() overwrites nothing", async () => {
  await using place = await openPlace();
  await place.init();
  const before = await place.digest();
  expect(await place.init()).toMatchObject({ problem: { code: "already_initialised" } });
  expect(await place.init({ dataDirectory: place.path("other") })).toMatchObject({
    problem: { code: "already_initialised", detail: expect.stringContaining("another farm's") },
  });
  expect(await place.digest()).toBe(before);
  expect(await readdir(place.path("."))).toEqual(["data", "operator.yaml", "secrets.key"]);
});

test("initFarm() of several at once lets one win, whole", async () => {
  for (let round = 0; round < 5; round++) {
    await using place = await openPlace();
    const names = ["a", "b", "c", "d"].map((name) => place.path(`${name}.yaml`));
    const results = await Promise.all(names.map((configPath) => place.init({ configPath })));
    const kinds = results.flatMap((result) => (result.ok ? [result.value] : []));
    expect(kinds.filter(({ kind }) => kind === "created").length).toBe(1);
    const trust = await place.load();
    for (const { configPath } of kinds) {
      const config = await readOperatorConfig(configPath);
      expect(config.ok && config.value.caPem).toBe(trust.tls.caPem);
    }
    expect(await readdir(place.path("data"))).toEqual(["trust"]);
  }
});

test("initFarm() finishes what was interrupted before the configuration was written", async () => {
  await using place = await openPlace();
  await place.init();
  const { caPem } = (await place.load()).tls;
  await rm(place.configPath);
  expect(await place.init()).toMatchObject({ ok: true, value: { kind: "finished" } });
  const config = await readOperatorConfig(place.configPath);
  expect(config.ok && config.value.caPem).toBe(caPem);
});

test("initFarm() begins anew after it was interrupted while writing keys", async () => {
  await using place = await openPlace();
  await place.init();
  const half = place.path("data/trust.new-abc123");
  await rm(place.path("data"), { recursive: true });
  await rm(place.configPath);
  await place.init({ dataDirectory: half });
  await rm(place.configPath);
  expect(await place.init()).toMatchObject({ ok: true, value: { kind: "created" } });
  expect(await readdir(place.path("data"))).toEqual(["trust"]);
});

test("initFarm() names a folder that it may not write", async () => {
  await using place = await openPlace();
  await writeFile(place.path("file"), "");
  const result = await place.init({ dataDirectory: place.path("file/data") });
  expect(result).toMatchObject({ ok: false, problem: { code: "path_missing" } });
});

test("loadTrust() tells no farm from a damaged one", async () => {
  await using place = await openPlace();
  expect(await place.tryLoad()).toMatchObject({
    problem: { code: "not_initialised" },
  });
  await place.init();
  const damages: readonly (readonly [string, string | null, RegExp])[] = [
    ["ca.pem", null, /ca\.pem/],
    ["server.key", null, /server\.key/],
    ["ca.pem", "rubbish", /Cannot read the keys/],
    ["server.pem", await foreignServer(), /server\.pem is not signed by ca\.pem/],
    ["secrets.check", null, /secrets\.check/],
    ["signing.key", "rubbish", /Cannot read the keys/],
  ];
  for (const [name, text, reason] of damages) {
    const path = place.path(`data/trust/${name}`);
    const good = await readFile(path);
    await (text === null ? rm(path) : writeFile(path, text));
    expect(await place.tryLoad()).toMatchObject({
      problem: { code: "trust_damaged", detail: expect.stringMatching(reason) },
    });
    await writeFile(path, good);
  }
  expect((await place.tryLoad()).ok).toBe(true);
});

test("initFarm() takes a secrets key that is there, and loadTrust() no other", async () => {
  await using place = await openPlace();
  const path = place.path("secrets.key");
  const key = randomBytes(32);
  await writeFile(path, key, { mode: 0o600 });
  await place.init();
  expect(await readFile(path)).toEqual(key);
  expect((await place.tryLoad()).ok).toBe(true);
  for (const name of await readdir(place.path("data"), { recursive: true }))
    if ((await stat(place.path(`data/${name}`))).isFile())
      expect((await readFile(place.path(`data/${name}`))).includes(key), name).toBe(false);
  await writeFile(path, randomBytes(32));
  expect(await place.tryLoad()).toMatchObject({ problem: { code: "secrets_key_wrong" } });
  await rm(path);
  expect(await place.tryLoad()).toMatchObject({ problem: { code: "secrets_key_missing" } });
});

test("initFarm() makes nothing beside a secrets key that others can read", async () => {
  await using place = await openPlace();
  await writeFile(place.path("secrets.key"), randomBytes(32), { mode: 0o644 });
  expect(await place.init()).toMatchObject({ problem: { code: "secrets_key_exposed" } });
  expect(await readdir(place.path("."))).toEqual(["secrets.key"]);
});

test("ensureServerCertificate() issues a new one only for a missing host or a near end", async () => {
  await using place = await openPlace();
  await place.init();
  const trust = await place.load();
  const same = await ensureServerCertificate(
    trust,
    ["127.0.0.1", "::1", "farm.example.net"],
    NOW_MS,
  );
  expect(same).toEqual({ ok: true, value: trust.tls });
  const wider = await ensureServerCertificate(trust, ["fd00::7", "127.0.0.1"], NOW_MS);
  if (!wider.ok) throw new Error(wider.problem.detail);
  const leaf = certificateIn(wider.value.certificatePem);
  const hosts = ["fd00::7", "10.1.2.3", "127.0.0.1", "::1"];
  expect(hosts.filter((host) => leaf.checkIP(host) === undefined)).toEqual([]);
  expect(leaf.checkHost("farm.example.net")).toBeDefined();
  const names = leaf.subjectAltName?.split(", ") ?? [];
  expect(new Set(names).size).toBe(names.length);
  const loaded = await place.load();
  expect(loaded.tls).toEqual(wider.value);
  const everywhere = await ensureServerCertificate(loaded, ["0.0.0.0"], NOW_MS);
  expect(
    everywhere.ok && certificateIn(everywhere.value.certificatePem).subjectAltName,
  ).not.toMatch(/0\.0\.0\.0/);
  const later = await ensureServerCertificate(loaded, [], NOW_MS + 368 * DAY_MS);
  if (!later.ok) throw new Error(later.problem.detail);
  expect(Date.parse(certificateIn(later.value.certificatePem).validTo)).toBeGreaterThan(
    NOW_MS + 700 * DAY_MS,
  );
});

test("hostsToName() names every address of a machine that listens on all of them", () => {
  expect(hostsToName("10.1.2.3")).toEqual(["10.1.2.3"]);
  expect(hostsToName("0.0.0.0")).toContain("127.0.0.1");
  expect(hostsToName("::").filter((host) => host.startsWith("fe80"))).toEqual([]);
});

test("readOperatorConfig() says what is missing, and repeats no key", async () => {
  await using place = await openPlace();
  expect(await readOperatorConfig(place.configPath)).toMatchObject({
    problem: { code: "not_initialised", detail: expect.stringContaining(place.configPath) },
  });
  await place.init();
  const good = await readFile(place.configPath, "utf8");
  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /"controller"/],
    ["- a\n- b\n", /"controller"/],
    ["{", /"controller"/],
    [good.replace(/^controller: .*/m, "controller: 7443"), /"controller"/],
    [
      good.replace(/^controller: .*/m, "controller: localhost"),
      /"localhost", it must be HOST:PORT/,
    ],
    [good.replace(/^ca:/m, "authority:"), /"ca"/],
    [good.replace(/^certificate:/m, "cert:"), /"certificate"/],
    [good.replace(/^key:/m, "keys:"), /"key"/],
  ];
  for (const [text, reason] of refused) {
    const parsed = parseOperatorConfig("operator.yaml", text);
    expect(parsed).toMatchObject({
      problem: { code: "usage", detail: expect.stringMatching(reason) },
    });
    expect(JSON.stringify(parsed)).not.toContain("PRIVATE");
  }
});

async function openPlace() {
  const directory = await mkdtemp(join(tmpdir(), "stickfarm-init-"));
  const path = (name: string) => join(directory, name);
  const configPath = path("operator.yaml");
  const secretsKey = { kind: "file", path: path("secrets.key") } as const;
  const tryLoad = () => loadTrust(path("data"), secretsKey);
  return {
    path,
    configPath,
    init: (changes: Partial<Parameters<typeof initFarm>[0]> = {}) =>
      initFarm({
        dataDirectory: path("data"),
        configPath,
        secretsKey,
        listen: { host: "0.0.0.0", port: 7443 },
        hosts: ["farm.example.net", "10.1.2.3"],
        natsFiles: { "made-by-nats": "seed" },
        nowMs: NOW_MS,
        ...changes,
      }),
    tryLoad,
    load: async () => {
      const trust = await tryLoad();
      if (!trust.ok) throw new Error(trust.problem.detail);
      return trust.value;
    },
    digest: async () => {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true });
      const hash = createHash("sha256");
      for (const entry of entries.filter((entry) => entry.isFile())) {
        hash.update(await readFile(join(entry.parentPath, entry.name)));
      }
      return hash.digest("hex");
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

async function foreignServer(): Promise<string> {
  await using place = await openPlace();
  await place.init();
  return (await place.load()).tls.certificatePem;
}

function certificateIn(pem: string): X509Certificate {
  return new X509Certificate(pem);
}
