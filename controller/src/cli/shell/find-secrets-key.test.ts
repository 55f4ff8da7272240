import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { makeIo } from "../test-cli.ts";
import { findSecretsKey } from "./find-secrets-key.ts";

const APART = { data: "/var/lib/stickfarm", config: "/etc/stickfarm/operator.yaml" };
const TOGETHER = { data: "/farm", config: "/farm/operator.yaml" };

test.each([
  ["beside the configuration", APART, "/etc/stickfarm/secrets.key"],
  ["beside the data when the configuration lies in it", TOGETHER, "/farm.key"],
  ["however deep it lies", { data: "/farm/", config: "/farm/a/b/c.yaml" }, "/farm.key"],
  ["not misled by like names", { data: "/farm", config: "/farm.d/c.yaml" }, "/farm.d/secrets.key"],
])("findSecretsKey() looks %s", async (_, place, path) => {
  expect(await find(place, {})).toEqual({ kind: "file", path });
});

test("findSecretsKey() obeys call, credential and environment in this order", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const env = { STICKFARM_SECRETS_KEY_FILE: "/keys/env", CREDENTIALS_DIRECTORY: folder };
  // A unit's other credentials are there, ours is not.
  expect(await find(APART, env)).toEqual({ kind: "file", path: "/keys/env" });
  const path = join(folder, "stickfarm-secrets.key");
  await writeFile(path, "");
  expect(await find(APART, env)).toEqual({ kind: "credential", path });
  expect(await find(APART, env, "/keys/named")).toEqual({ kind: "file", path: "/keys/named" });
  expect(await find(APART, { STICKFARM_SECRETS_KEY_FILE: "" })).toMatchObject({
    path: "/etc/stickfarm/secrets.key",
  });
});

function find(
  { data, config }: { readonly data: string; readonly config: string },
  env: Readonly<Record<string, string>>,
  named?: string,
) {
  const paths = { dataDirectory: data, configFile: config, stateDirectory: data };
  return findSecretsKey({ io: makeIo({ env }).io, paths }, named);
}
