import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import type { BuildView, DriveView } from "@stickfarm/proto/stickfarm/v1/operator";
import { buildIdOf, startFarm, type TestFarm } from "../../journey/support/farm.ts";
import { diskImage, makeImage } from "../../journey/support/make-image.ts";
import type { Stick } from "./plug-stick.ts";

/** A farm whose one agent offers this workstation's sticks, with an image that fills most of one. */
export type StickFarm = TestFarm & {
  /** The image that a good stick begins with. */
  readonly image: string;
  /** Start to build it on these sticks; gives the id of the build. */
  readonly start: (sticks: readonly Stick[]) => Promise<string>;
  readonly buildOn: (sticks: readonly Stick[]) => Promise<BuildView>;
  /** What `drive list` says of a bay. */
  readonly drive: (bay: string) => Promise<DriveView | undefined>;
};

export const IMAGE_BYTES = 48 * MIB;

export async function startStickFarm(): Promise<StickFarm> {
  const farm = await startFarm({ agents: { "ws-1": [] }, agentArgs: ["--usb-drives"] });
  const image = join(farm.directory, "image.img");
  await mkdir(join(farm.directory, "tree"));
  await makeImage(image, IMAGE_BYTES);
  await writeFile(join(farm.directory, "image.yaml"), diskImage("image", "image"));
  await farm.must("content", "add", "image.img", "--name", "image");
  await farm.must("media", "apply", "-f", "image.yaml");
  const start = async (sticks: readonly Stick[]): Promise<string> => {
    const on = sticks.flatMap(({ bay }) => ["--on", `ws-1/${bay}`]);
    return buildIdOf(await farm.must("build", "start", "image", "--yes", "-o", "json", ...on));
  };
  return {
    ...farm,
    image,
    start,
    buildOn: async (sticks) => farm.ended(await start(sticks)),
    drive: async (bay) => {
      const drives = JSON.parse(await farm.must("drive", "list", "-o", "json")) as DriveView[];
      return drives.find(({ drive }) => drive?.bay === bay);
    },
  };
}
