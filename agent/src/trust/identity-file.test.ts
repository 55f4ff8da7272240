import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type AgentIdentity, loadIdentity, saveIdentity } from "./identity-file.ts";

const IDENTITY: AgentIdentity = {
  name: "ws-1",
  controller: "127.0.0.1:7443",
  caPem: "ca",
  certificatePem: "certificate",
  keyPem: "key",
  natsUserJwt: "jwt",
  natsSeed: "seed",
  signingKeyPem: "signing key",
};

test("loadIdentity() gives what saveIdentity() wrote last", async () => {
  await using place = await openPlace();
  expect(await loadIdentity(place.directory)).toMatchObject({ problem: { code: "not_enrolled" } });
  await saveIdentity(place.directory, IDENTITY);
  const renewed = { ...IDENTITY, certificatePem: "newer" };
  expect(await saveIdentity(place.directory, renewed)).toEqual({ ok: true, value: undefined });
  expect(await loadIdentity(place.directory)).toEqual({ ok: true, value: renewed });
});

test("loadIdentity() takes no damaged file for an identity", async () => {
  await using place = await openPlace();
  await saveIdentity(place.directory, IDENTITY);
  const { natsSeed: _, ...withoutSeed } = IDENTITY;
  const damaged = ["", "{", "[]", "null", JSON.stringify(withoutSeed)];
  for (const text of [...damaged, JSON.stringify({ ...IDENTITY, keyPem: 7 })]) {
    await writeFile(join(place.directory, "identity/agent.json"), text);
    expect(await loadIdentity(place.directory)).toMatchObject({
      problem: { code: "not_enrolled", detail: expect.stringContaining("damaged") },
    });
  }
});

test("saveIdentity() names the folder that it may not write", async () => {
  await using place = await openPlace();
  await writeFile(join(place.directory, "file"), "");
  const saved = await saveIdentity(join(place.directory, "file"), IDENTITY);
  expect(saved).toMatchObject({
    ok: false,
    problem: { detail: expect.stringContaining("file/identity") },
  });
});

async function openPlace() {
  const directory = await mkdtemp(join(tmpdir(), "stickfarm-identity-"));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}
