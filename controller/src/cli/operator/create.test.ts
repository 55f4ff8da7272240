import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { createAuthority } from "../../trust/create-authority.ts";
import { placeTrustFiles } from "../../trust/trust-files.ts";
import { startProgram } from "../test-controller.ts";

const NOWHERE = { controller: "127.0.0.1:1", caPem: "", certificatePem: "", keyPem: "" };

test("operator create says what it made and how to hand it over", async () => {
  const { run, out } = await openFarm();
  const { status, stdout, stderr } = await run(["chief", "--grant", "drive-admin", "--out", out]);
  expect([status, stderr]).toEqual([0, expect.stringContaining("it holds the key")]);
  expect(stdout).toContain("drive-admin");
});

test("operator create gives no grant that was not asked for, and answers in JSON", async () => {
  const { run, out } = await openFarm();
  const { status, stdout } = await run(["ops", "--out", out, "-o", "json"]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    name: "ops",
    grants: [],
    controller: "127.0.0.1:7443",
    configPath: out,
  });
});

test("operator create refuses a role that there is not, and an address that is none", async () => {
  const { run, out } = await openFarm();
  expect((await run(["ops", "--out", out, "--grant", "root"])).status).toBe(2);
  expect((await run(["ops", "--out", out, "--controller", "x"])).status).toBe(2);
  expect((await run(["ops"])).status).toBe(2);
});

async function openFarm() {
  const folder = await makeTemporaryFolder(onTestFinished);
  const { certificatePem, keyPem } = await createAuthority(Date.now());
  await placeTrustFiles(folder, { "ca.pem": certificatePem, "ca.key": keyPem });
  const run = (args: readonly string[]) =>
    startProgram(NOWHERE, ["operator", "create", ...args], { env: { STICKFARM_DATA: folder } })
      .ended;
  return { run, out: join(folder, "made.yaml") };
}
