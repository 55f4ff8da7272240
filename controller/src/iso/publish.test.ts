import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ok } from "@stickfarm/common/result";
import { makeTemporaryFolder } from "@stickfarm/common/rim/temporary-folder";
import { expect, onTestFinished, test } from "vitest";
import { checkAbsent, publish } from "./publish.ts";

test("publish() gives files their names, and replaces only when told to", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const [from, to] = [join(folder, "1.iso"), join(folder, "hq.iso")];
  await writeFile(from, "first");
  expect(await publish([{ from, to }], { replace: false })).toEqual(ok(undefined));
  expect(await readdir(folder)).toEqual(["hq.iso"]);
  await writeFile(from, "second");
  expect(await publish([{ from, to }], { replace: false })).toMatchObject({
    problem: { code: "file_exists", detail: expect.stringContaining(to) },
  });
  expect(await readFile(to, "utf8")).toBe("first");
  expect(await publish([{ from, to }], { replace: true })).toEqual(ok(undefined));
  expect(await readFile(to, "utf8")).toBe("second");
  expect(await readdir(folder)).toEqual(["hq.iso"]);
});

test("publish() says what is not there", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const file = { from: join(folder, "none"), to: join(folder, "hq.iso") };
  expect(await publish([file], { replace: true })).toMatchObject({
    problem: { code: "path_missing" },
  });
});

test("checkAbsent() names what is there", async () => {
  const folder = await makeTemporaryFolder(onTestFinished);
  const paths = ["a.iso", "b.iso", "c.iso"].map((name) => join(folder, name));
  expect(await checkAbsent(paths)).toEqual(ok(undefined));
  for (const path of paths.slice(1)) await writeFile(path, "");
  expect(await checkAbsent(paths)).toMatchObject({
    problem: { code: "file_exists", detail: expect.stringMatching(/b\.iso": .* with 1 more/) },
  });
});
