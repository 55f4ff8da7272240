/** Two sticks on real USB drivers, from the definition to what lies on the media. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { expect, test } from "vitest";
import { buildIdOf } from "../journey/support/farm.ts";
import { checkFat, extractFat } from "../journey/support/fat-stick.ts";
import { makeImage } from "../journey/support/make-image.ts";
import { typeWhatIsAsked } from "../journey/support/old-data.ts";
import { runProgram } from "../support/run-program.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { plugStick } from "./support/plug-stick.ts";
import { shareStickFarm } from "./support/stick-farm.ts";

const FILES = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: files }
spec: { files: [{ content: tree }] }
`;

const theFarm = shareStickFarm();

test("two sticks get what their definition says, and a third is left as it is", async () => {
  const folder = await tempDirectory();
  const sticks = await Promise.all(
    [0, 1, 2].map((port) =>
      plugStick({ port, file: join(folder, `${port}.img`), sizeBytes: 128 * MIB }),
    ),
  );
  const farm = theFarm();
  for (const stick of sticks) await farm.drive(stick);
  const tree = join(farm.directory, "tree");
  await mkdir(tree);
  await makeImage(join(tree, "payload.bin"), 9 * MIB + 3, 2);
  const definition = join(farm.directory, "files.yaml");
  await writeFile(definition, FILES);
  await farm.must("content", "add", tree, "--name", "tree");
  await farm.must("media", "apply", "-f", definition);
  const bays = sticks.slice(0, 2).map(({ bay }) => bay);
  const started = await farm.must(
    ...["build", "start", "files", "--yes", "-o", "json"],
    ...(await typeWhatIsAsked(farm, bays)),
    ...bays.flatMap((bay) => ["--on", `ws-1/${bay}`]),
  );
  const view = await farm.ended(buildIdOf(started));
  expect(view).toMatchObject({
    state: "succeeded",
    jobs: [{ proof: "read-back" }, { proof: "read-back" }],
  });
  await farm.agent("ws-1").end();
  for (const { file } of sticks.slice(0, 2)) {
    await checkFat(file, farm.directory);
    const copied = join(farm.directory, `copied-${file.at(-5)}`);
    await extractFat(file, copied);
    await runProgram("diff", [join(tree, "payload.bin"), join(copied, "payload.bin")]);
  }
});
