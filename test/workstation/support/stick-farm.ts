import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import type { BuildView, DriveView } from "@stickfarm/proto/stickfarm/v1/operator";
import { beforeAll } from "vitest";
import { buildIdOf, startFarm, type TestFarm } from "../../journey/support/farm.ts";
import { diskImage, makeImage } from "../../journey/support/make-image.ts";
import { typeWhatIsAsked } from "../../journey/support/old-data.ts";
import { waitFor } from "../../support/wait-for.ts";
import { fileHost } from "./file-host.ts";
import type { Stick } from "./plug-stick.ts";

/** A farm whose one agent offers this workstation's sticks, with an image that fills most of one. */
export type StickFarm = TestFarm & {
  /** The image that a good stick begins with. */
  readonly image: string;
  /** Start to build it on these sticks, typing their serials where they are asked for; gives the id of the build. */
  readonly start: (sticks: readonly Stick[]) => Promise<string>;
  readonly buildOn: (sticks: readonly Stick[]) => Promise<BuildView>;
  /** What `drive list` says of the stick as it is plugged in now; waits until it is there. */
  readonly drive: (stick: Stick) => Promise<DriveView>;
};

export const IMAGE_BYTES = 48 * MIB;

/** One farm for all tests of a file; to be called at its top. Starting one takes as long as a test. */
export function shareStickFarm(): () => StickFarm {
  const host = fileHost();
  let started: StickFarm | null = null;
  beforeAll(async () => {
    const agents = { "ws-1": [] };
    const farm = await startFarm({ agents, agentArgs: ["--usb-drives"], host });
    started = { ...farm, ...(await makeReady(farm)) };
  });
  return () => {
    if (started === null) throw new Error("The farm is there when the first test begins");
    return started;
  };
}

async function makeReady(
  farm: TestFarm,
): Promise<Pick<StickFarm, "image" | "start" | "buildOn" | "drive">> {
  const image = join(farm.directory, "image.img");
  const definition = join(farm.directory, "image.yaml");
  await makeImage(image, IMAGE_BYTES);
  await writeFile(definition, diskImage("image", "image"));
  await farm.must("content", "add", image, "--name", "image");
  await farm.must("media", "apply", "-f", definition);
  const drive = (stick: Stick): Promise<DriveView> => findDrive(farm, stick);
  const start = async (sticks: readonly Stick[]): Promise<string> => {
    for (const stick of sticks) await drive(stick);
    const on = sticks.flatMap(({ bay }) => ["--on", `ws-1/${bay}`]);
    const typed = await typeWhatIsAsked(
      farm,
      sticks.map(({ bay }) => bay),
    );
    const order = ["build", "start", "image", "--yes", "-o", "json", ...typed];
    return buildIdOf(await farm.must(...order, ...on));
  };
  return {
    image,
    start,
    buildOn: async (sticks) => farm.ended(await start(sticks)),
    drive,
  };
}

/** The agent looks once a second, and a bay may still show the stick that was there before. */
async function findDrive(farm: TestFarm, { bay, device }: Stick): Promise<DriveView> {
  const number = await readFile(`/sys/block/${basename(await device())}/diskseq`, "utf8");
  return waitFor(
    `the stick on bay ${bay}, number ${number.trim()}`,
    async () => {
      const drives = JSON.parse(await farm.must("drive", "list", "-o", "json")) as DriveView[];
      return drives.find(
        ({ drive }) => drive?.bay === bay && drive.insertion.endsWith(`:${number.trim()}`),
      );
    },
    { limitMs: 60_000, everyMs: 300 },
  );
}
