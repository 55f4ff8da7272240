import { X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { readIdentity } from "@stickfarm/common/rim/read-identity";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { createAuthority } from "./create-authority.ts";
import { createOperator, type OperatorOptions } from "./create-operator.ts";
import { readOperatorConfig } from "./operator-config.ts";
import { placeTrustFiles } from "./trust-files.ts";

const NOW_MS = Date.now();

test("createOperator() makes a configuration for its owner only, with the grants that were asked for", async () => {
  const { create, path } = await openPlace();
  expect(await create({ grants: ["drive-admin"] })).toEqual({ ok: true, value: undefined });
  expect((await stat(path("ops.yaml"))).mode & 0o777).toBe(0o600);
  const config = await readOperatorConfig(path("ops.yaml"));
  if (!config.ok) throw new Error(config.problem.detail);
  expect(config.value.controller).toBe("farm.example.net:7443");
  const certificate = new X509Certificate(config.value.certificatePem);
  const ca = new X509Certificate(config.value.caPem);
  expect(certificate.verify(ca.publicKey)).toBe(true);
  const identity = { role: "operator", name: "ops", grants: ["drive-admin"] };
  expect(readIdentity(certificate.raw)).toEqual(identity);
});

test("createOperator() refuses what is no name, no farm and no new file, and leaves the file as it was", async () => {
  const { create, path } = await openPlace();
  expect(await create({ name: "Ops 1" })).toMatchObject({ problem: { code: "name_invalid" } });
  expect(await create({ dataDirectory: path("none") })).toMatchObject({
    problem: { code: "not_initialised" },
  });
  await create({});
  const before = await readFile(path("ops.yaml"), "utf8");
  expect(await create({})).toMatchObject({
    problem: { code: "usage", detail: expect.stringContaining("must be a new file") },
  });
  expect(await readFile(path("ops.yaml"), "utf8")).toBe(before);
});

async function openPlace() {
  const folder = await makeTemporaryFolder(onTestFinished);
  const path = (name: string) => join(folder, name);
  const { certificatePem, keyPem } = await createAuthority(NOW_MS);
  await placeTrustFiles(path("data"), { "ca.pem": certificatePem, "ca.key": keyPem });
  const create = (asked: Partial<OperatorOptions>) =>
    createOperator({
      dataDirectory: path("data"),
      name: "ops",
      grants: [],
      controller: "farm.example.net:7443",
      configPath: path("ops.yaml"),
      nowMs: NOW_MS,
      ...asked,
    });
  return { create, path };
}
