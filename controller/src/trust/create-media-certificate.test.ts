import { writeFile } from "node:fs/promises";
import { DAY_MS } from "@stickfarm/common/durations";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { Secret } from "@stickfarm/common/secret";
import { expect, onTestFinished, test } from "vitest";
import { createMediaCertificate } from "./create-media-certificate.ts";
import { openPkcs12 } from "./open-pkcs12.ts";
import { openOpenssl } from "./openssl-fixture.ts";

const PASSWORD = "fünf-random-Zeichen";
const NOT_BEFORE_MS = Date.UTC(2026, 11, 1);
const OPTIONS = {
  name: "hq-bare-metal",
  notBeforeMs: NOT_BEFORE_MS,
  notAfterMs: NOT_BEFORE_MS + 365 * DAY_MS,
  pfxPassword: Secret.ofText(PASSWORD),
};

test("createMediaCertificate() makes what OpenSSL opens, and finds right in every point", async () => {
  const openssl = await openOpenssl(await makeTemporaryFolder(onTestFinished));
  const { facts, pfx } = await createMediaCertificate(OPTIONS);
  await writeFile(openssl.path("stick.pfx"), pfx.reveal());
  await writeFile(openssl.path("password"), PASSWORD);
  const open = ["pkcs12", "-in", "stick.pfx", "-passin", "file:password"];
  openssl.run(...open, "-nokeys", "-out", "stick.pem");
  openssl.run(...open, "-nocerts", "-noenc", "-out", "stick.key");
  const shown = openssl.run("x509", "-in", "stick.pem", "-noout", "-text", "-fingerprint");
  expect(shown).toContain("Public-Key: (2048 bit)");
  expect(shown).toContain("Signature Algorithm: sha256WithRSAEncryption");
  expect(shown).toContain("TLS Web Client Authentication");
  expect(shown).toContain("Not Before: Dec  1 00:00:00 2026 GMT");
  expect(shown).toContain("Not After : Dec  1 00:00:00 2027 GMT");
  expect(shown).toMatch(/Subject: CN ?= ?hq-bare-metal, OU ?= ?stickfarm media/);
  expect(shown.replaceAll(":", "")).toContain(facts.thumbprint);
  const key = openssl.run("pkey", "-in", "stick.key", "-pubout");
  expect(openssl.run("x509", "-in", "stick.pem", "-noout", "-pubkey")).toBe(key);
  openssl.run(
    "verify",
    "-CAfile",
    "stick.pem",
    "-no_check_time",
    "-purpose",
    "sslclient",
    "stick.pem",
  );
  expect(() => openssl.run("pkcs12", "-in", "stick.pfx", "-passin", "pass:", "-noout")).toThrow(
    /invalid password/,
  );
});

test("createMediaCertificate() gives another key each time, and our reader the same facts", async () => {
  const [one, other] = [
    await createMediaCertificate(OPTIONS),
    await createMediaCertificate(OPTIONS),
  ];
  expect(one.facts.thumbprint).not.toBe(other.facts.thumbprint);
  const { thumbprint, ...facts } = one.facts;
  expect(facts).toEqual({
    kind: "selfSigned",
    subject: "CN=hq-bare-metal, OU=stickfarm media",
    notBeforeMs: OPTIONS.notBeforeMs,
    notAfterMs: OPTIONS.notAfterMs,
  });
  const opened = await openPkcs12(one.pfx.reveal(), { password: one.pfxPassword, doing: "x" });
  const fingerprint = opened.ok ? opened.value.certificate.fingerprint : "";
  expect(fingerprint.replaceAll(":", "")).toBe(thumbprint);
  expect(JSON.stringify([one, opened])).not.toContain(PASSWORD);
});
