import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { DAY_MS, HOUR_MS } from "@stickfarm/common/durations";
import { checkDefinition } from "@stickfarm/common/media/check-definition";
import type { BootableMedia } from "@stickfarm/common/media/definition";
import { treeContent } from "@stickfarm/common/media/test-library";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { Secret } from "@stickfarm/common/secret";
import { expect, onTestFinished, test } from "vitest";
import { unwrap } from "../content/content-fixture.ts";
import { openLibrary } from "../content/library.ts";
import { openStore } from "../store/open-store.ts";
import { storeOn } from "../store/store.ts";
import { openOpenssl } from "../trust/openssl-fixture.ts";
import { prepareCertificate } from "./prepare-certificate.ts";

const NOW_MS = Date.now();
const PASSWORD = Secret.ofText("pfx-password");

test("prepareCertificate() makes a certificate for a year from now, late clocks allowed for", async () => {
  const { prepare } = await openFarm();
  const own = unwrap(await prepare({ selfSigned: {} })).certificate;
  const seconds = (atMs: number) => Math.floor(atMs / 1000);
  expect(seconds(own?.facts.notBeforeMs ?? 0)).toBe(seconds(NOW_MS - 5 * 60_000));
  expect(seconds(own?.facts.notAfterMs ?? 0)).toBe(seconds(NOW_MS + 365 * DAY_MS));
  expect(own?.facts.subject).toBe("CN=hq, OU=stickfarm media");
  expect(own?.pfxPassword.byteCount).toBe(32);
  const other = unwrap(await prepare({ selfSigned: {} })).certificate;
  expect(other?.pfxPassword.revealText()).not.toBe(own?.pfxPassword.revealText());
  expect(unwrap(await prepare(undefined))).toEqual({ certificate: null, findings: [] });
});

test("prepareCertificate() keeps to the dates of the definition, but not to one that ends within a day", async () => {
  const { prepare } = await openFarm();
  const iso = (atMs: number) => new Date(atMs).toISOString();
  const notBefore = "2027-12-01T00:00:00Z";
  const facts = unwrap(await prepare({ selfSigned: { notBefore } })).certificate?.facts;
  expect(iso(facts?.notBeforeMs ?? 0)).toBe("2027-12-01T00:00:00.000Z");
  expect(iso(facts?.notAfterMs ?? 0)).toBe("2028-11-30T00:00:00.000Z");
  const soon = iso(NOW_MS + 23 * HOUR_MS);
  expect(await prepare({ selfSigned: { notAfter: soon } })).toMatchObject({
    problem: { code: "certificate_unfit", detail: expect.stringContaining("24 hours or more") },
  });
  expect((await prepare({ selfSigned: { notAfter: iso(NOW_MS + 25 * HOUR_MS) } })).ok).toBe(true);
});

test("prepareCertificate() reads what was brought along, and tells whose sticks carry it already", async () => {
  const { prepare, addPfx, store, pfx } = await openFarm();
  await addPfx(pfx);
  const brought = { pkcs12: { content: "hq-cert", passwordSecret: "media/pfx" } };
  const { certificate, findings } = unwrap(await prepare(brought));
  if (certificate === null) throw new Error("no certificate");
  expect(Buffer.from(certificate.pfx.reveal())).toEqual(pfx);
  expect(findings.map(({ ruleId }) => ruleId)).toEqual(["certificate-root-unknown"]);
  const entry = { facts: certificate.facts, mediaRevision: 1, recordedAtMs: 1 };
  await store.certificates.record({ ...entry, mediaName: "hq", manifestSha256: "m1" });
  expect(unwrap(await prepare(brought)).findings).toHaveLength(1);
  await store.certificates.record({ ...entry, mediaName: "oslo", manifestSha256: "m2" });
  expect(unwrap(await prepare(brought)).findings.at(-1)).toMatchObject({
    ruleId: "certificate-reused",
    severity: "warning",
    at: ["spec", "security", "certificate", "pkcs12"],
    rule: "is on the sticks of oslo already: blocking one blocks all",
  });
});

test("prepareCertificate() refuses a file that is too large, and misses one that the library lost", async () => {
  const { prepare, addPfx, nameBlob } = await openFarm();
  const brought = { pkcs12: { content: "hq-cert", passwordSecret: "media/pfx" } };
  await addPfx(randomBytes(64 * 1024 + 1));
  expect(await prepare(brought)).toMatchObject({
    problem: { code: "certificate_unfit", detail: expect.stringContaining("65537 bytes") },
  });
  nameBlob({ sha256: "0".repeat(64), sizeBytes: 10 });
  expect(await prepare(brought)).toMatchObject({ problem: { code: "content_missing" } });
});

async function openFarm() {
  const folder = await makeTemporaryFolder(onTestFinished);
  const db = unwrap(await openStore(join(folder, "db")));
  onTestFinished(() => db.close());
  const store = storeOn(db);
  const library = unwrap(await openLibrary(join(folder, "library")));
  const openssl = await openOpenssl(folder);
  openssl.issue("hq");
  let blob = { sha256: "", sizeBytes: 0 };
  const farm = { store, library, nowMs: () => NOW_MS, randomBytes };
  return {
    store,
    pfx: Buffer.from(await openssl.pack("hq", "-passout", "pass:pfx-password")),
    addPfx: async (bytes: Uint8Array) => {
      blob = unwrap(await library.putBytes(bytes));
    },
    nameBlob: (other: typeof blob) => {
      blob = other;
    },
    prepare: (certificate: unknown) => {
      const content = treeContent("hq-cert", [{ path: "hq.pfx", blob, modifiedAtMs: 1 }]);
      return prepareCertificate(farm, definitionWith(certificate), {
        contents: new Map([[content.name, content]]),
        secrets: new Map([["media/pfx", PASSWORD]]),
      });
    },
  };
}

function definitionWith(certificate: unknown): BootableMedia {
  const raw = {
    apiVersion: "stickfarm/v1",
    kind: "BootableMedia",
    metadata: { name: "hq" },
    spec: {
      files: [{ content: "tools" }],
      security: {
        password: { secret: "media/hq" },
        ...(certificate === undefined ? {} : { certificate }),
      },
    },
  };
  const { definition, findings } = checkDefinition(raw, { nowMs: NOW_MS, library: null });
  if (definition?.kind !== "BootableMedia") throw new Error(JSON.stringify(findings));
  return definition;
}
