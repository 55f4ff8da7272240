import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { renderNatsAuthority } from "./nats-authority.ts";
import { createNatsFiles, loadNatsAuthority } from "./nats-files.ts";
import { resultOf } from "./nats-fixture.ts";

test("loadNatsAuthority() reads what createNatsFiles() made, and calls a folder without it damaged", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const empty = await loadNatsAuthority(folder);
  expect(empty).toMatchObject({ ok: false, problem: { code: "trust_damaged" } });
  const files = createNatsFiles();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const authority = resultOf(await loadNatsAuthority(folder));
  expect(Object.values(files)).toEqual([renderNatsAuthority(authority)]);
});
