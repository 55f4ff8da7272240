import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { makeIso } from "./make-iso.ts";

export function mediaIsoCommand(shell: Shell) {
  return newCommand(shell, {
    name: "iso",
    description:
      "Make CD or DVD images of a media definition.\n\nThe image starts by BIOS and UEFI what its boot image can, from a disc and written onto a stick. What is more than one disc holds is split; discs are numbered in file name, label and /stickfarm/volume.json, and the first one starts the computer. Sizes are decimal: 650MB is 650,000,000 bytes. Every file is read back before an image gets its name; an existing file is never touched before that, and only with --replace or ifExists: replaceAfterSuccess.",
    examples: [
      "stickfarm media iso hq-bare-metal --out /srv/iso",
      "stickfarm media iso hq-bare-metal@3 --out /srv/iso --volume-size 4GB --replace",
    ],
  })
    .argument("<name[@revision]>", "media and revision; without a revision the newest")
    .requiredOption("--out <folder>", "where the images go; the names are the definition's")
    .option(
      "--volume-size <size>",
      "room on one disc: 650MB, 4GB, 8GB, unlimited or any size, instead of the definition's",
    )
    .option("--replace", "replace existing files, once the new ones are verified")
    .option("--staging <folder>", "for what is fetched; beside the images unless given")
    .action((media, options, command) =>
      shell.ask(command, (session, controller) =>
        makeIso(session, controller, { media, ...options }),
      ),
    );
}
