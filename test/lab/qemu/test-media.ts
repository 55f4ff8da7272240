import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";
import { sameBytes } from "../../journey/support/drive-bytes.ts";
import { checkFat, extractFat } from "../../journey/support/fat-stick.ts";
import { diskImage, makeImage } from "../../journey/support/make-image.ts";
import { runProgram } from "../../support/run-program.ts";
import type { Seen } from "./judge-stick.ts";
import type { Lab } from "./open-lab.ts";
import { digestOf, type Stick, startsWithZeros } from "./stick.ts";

/** A definition that sticks are built by, and how to find out from outside that one was. */
export type TestMedia = {
  readonly name: string;
  /** Throws what a judge has to say against it. */
  readonly check: (stick: Stick) => Promise<void>;
};

const IMAGE_BYTES = 24 * MIB;

/** An image, to be compared byte for byte. */
export async function applyImage({ farm, folder }: Lab): Promise<TestMedia> {
  const image = join(folder, "image.img");
  await makeImage(image, IMAGE_BYTES);
  await farm.must("content", "add", image, "--name", "image");
  await apply(farm, diskImage("image", "image"));
  return { name: "image", check: ({ file }) => sameBytes(file, image, IMAGE_BYTES) };
}

const FILES = `apiVersion: stickfarm/v1
kind: BootableMedia
metadata: { name: files }
spec: { files: [{ content: tree }] }
`;

/** Files, to be judged by fsck.fat and read by mtools. */
export async function applyFiles({ farm, folder }: Lab): Promise<TestMedia> {
  const tree = join(folder, "tree");
  await mkdir(join(tree, "deep/er"), { recursive: true });
  await makeImage(join(tree, "payload.bin"), 9 * MIB + 3, 2);
  await makeImage(join(tree, "deep/er/Long name of a file.bin"), 70_001, 3);
  await farm.must("content", "add", tree, "--name", "tree");
  await apply(farm, FILES);
  return {
    name: "files",
    check: async (stick) => {
      const place = join(folder, `${stick.name}-judged`);
      await mkdir(place);
      await checkFat(stick.file, place);
      await extractFat(stick.file, join(place, "files"));
      for (const name of ["payload.bin", "deep/er/Long name of a file.bin"])
        await runProgram("cmp", [join(tree, name), join(place, "files", name)]);
    },
  };
}

async function apply({ must, directory }: Lab["farm"], definition: string): Promise<void> {
  const file = join(directory, "definition.yaml");
  await writeFile(file, definition);
  await must("media", "apply", "-f", file);
}

/** Look at a stick that is in no port any more. */
export async function lookAtStick(
  media: TestMedia,
  stick: Stick,
): Promise<Seen & { readonly against: string }> {
  const against = await media.check(stick).then(
    () => "",
    (error: unknown) => String(error),
  );
  return {
    digest: await digestOf(stick),
    startsWithZeros: await startsWithZeros(stick),
    isWhole: against === "",
    against,
  };
}
