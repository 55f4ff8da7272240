import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToEnd } from "../support/processes.ts";
import { startFarm } from "./support/farm.ts";
import { diskImage, makeImage } from "./support/make-image.ts";
import { refusalOf } from "./support/refusal.ts";

const NO_BUILD = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

/** What is asked, in words; the problem and its exit status; what its detail names. */
const REFUSED: readonly (readonly [string, string, number, string])[] = [
  ["plan nothing --on ws-1", "media_unknown", 3, '"nothing"'],
  ["plan big@7 --on ws-1", "media_unknown", 3, '"big@7"'],
  ["plan big --on ws-9", "agent_unknown", 3, '"ws-9"'],
  ["plan big --on ws-1/7", "drive_unknown", 3, '"ws-1/7"'],
  ["plan big --on /", "usage", 2, ""],
  ["plan big", "usage", 2, "--on"],
  ["plan big --onn ws-1", "usage", 2, "--onn"],
  ["build start big --on ws-1", "consent_missing", 5, "--yes"],
  ["build start big --on ws-9 --yes", "agent_unknown", 3, '"ws-9"'],
  ["build start --yes", "usage", 2, "NAME"],
  ["build start big --on ws-1 --yes --request-id short", "usage", 2, '"short"'],
  [`build show ${NO_BUILD}`, "build_unknown", 3, NO_BUILD],
  [`build cancel ${NO_BUILD}`, "build_unknown", 3, NO_BUILD],
  ["build report --last", "build_unknown", 3, ""],
  ["build cancel", "usage", 2, "--last"],
  ["content show nothing", "content_unknown", 3, '"nothing"'],
  ["content add big.img --name big", "name_taken", 2, '"big"'],
  ["content add big.img --name B_I_G", "name_invalid", 2, '"B_I_G"'],
  ["media show nothing", "media_unknown", 3, '"nothing"'],
  ["media apply -f missing.yaml", "path_missing", 3, '"missing.yaml"'],
  ["secret remove nothing", "secret_unknown", 3, '"nothing"'],
  ["bild start", "usage", 2, "Did you mean build?"],
  ["init", "already_initialised", 2, ""],
];

test("every refusal has its code, its exit status, the value and a remedy", {
  timeout: 600_000,
}, async () => {
  const farm = await startFarm({ agents: { "ws-1": [{ serial: "A1", bay: "1", size: "64MiB" }] } });
  await makeImage(join(farm.directory, "big.img"), 1024 ** 2);
  await writeFile(join(farm.directory, "media.yaml"), diskImage("big", "big"));
  await farm.must("content", "add", "big.img", "--name", "big");
  await makeImage(join(farm.directory, "big.img"), 1024 ** 2, 2);
  await farm.must("media", "apply", "-f", "media.yaml");
  const wrong: unknown[] = [];
  for (const [words, code, exit, value] of REFUSED) {
    const refusal = refusalOf(await farm.run(...words.split(" "), "-o", "json"));
    if (refusal.code !== code || refusal.exit !== exit || !refusal.detail.includes(value))
      wrong.push({ words, refusal });
  }
  expect(wrong).toEqual([]);

  const told = await farm.run("plan", "nothing", "--on", "ws-1");
  expect([told.code, told.stdout]).toEqual([3, ""]);
  expect(told.stderr).toMatch(
    /^stickfarm: Cannot .*"nothing"\n {2}to do: {3}See `stickfarm media list` \[media_unknown\]\n$/,
  );
  expect((await farm.run("plan", "big", "--on", "ws-1")).code).toBe(0);

  await farm.controller().end();
  const down = refusalOf(await farm.run("media", "list", "-o", "json"));
  expect(down).toMatchObject({ code: "controller_unreachable", exit: 4 });
  expect(down.remedy).toContain("stickfarm serve");
  const nowhere = {
    cwd: farm.directory,
    env: { STICKFARM_DATA: "x", STICKFARM_CONFIG: "x/y.yaml" },
  };
  for (const args of [["media", "list"], ["serve"]])
    expect(refusalOf(await runToEnd("stickfarm", [...args, "-o", "json"], nowhere))).toMatchObject({
      code: "not_initialised",
      exit: 4,
    });
});
