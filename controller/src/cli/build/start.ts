import { Option } from "@commander-js/extra-typings";
import { CAPACITY_CHECKS, WRITE_PROOFS } from "@stickfarm/common/build/write-policy";
import { fail, type Result } from "@stickfarm/common/result";
import { collect } from "../argument/collect.ts";
import { parsePolicy } from "../argument/parse-policy.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";
import { ISO_FORMS } from "./import-iso.ts";
import { startBuild } from "./start-build.ts";
import { startIsoBuild } from "./start-iso-build.ts";

const DESCRIPTION =
  "Erase drives and build media on them.\n\nThe plan is shown first, and the number of drives has to be typed unless --yes is given. A drive that is larger than sticks are, or holds what sticks do not carry, is erased only when its serial is typed as well, or given with --erase, by an operator with the role drive-admin. The build's id is the answer; with --watch the build itself. A request whose answer was lost is repeated with --request-id: it starts nothing twice.\n\nA stick that holds an earlier build is read, and only what differs is written, for as long as that takes less time. A stick that has not shown its capacity to this farm is probed and read back whole; one that has is compared. With --proof compared a stick that has not is probed first, whatever --capacity says. build show and build log tell what each stick got.\n\nWith --iso no media is named: the files of an ISO image, or of all discs of a set, become content and a definition of their own, once for the same files, and that is built.";

export function buildStartCommand(shell: Shell) {
  return newCommand(shell, {
    name: "start",
    description: DESCRIPTION,
    examples: [
      "stickfarm build start hq-bare-metal --on ws-1",
      "stickfarm build start hq-bare-metal@3 --on ws-1/1 --on ws-1/2 --yes --watch",
      "stickfarm build start hq-bare-metal --on ws-1/2 --erase 60A44C413FAE --yes",
      "stickfarm build start --iso hq-01.iso --iso hq-02.iso --name hq-discs --on ws-1",
    ],
  })
    .argument("[name[@revision]]", "media and revision; without a revision the newest")
    .option("--on <agent[/bay]>", "an agent with all its bays, or one bay; repeatable", collect)
    .option("--iso <file>", "an ISO image instead of media; each disc of a set", collect)
    .addOption(
      new Option(
        "--as <form>",
        "tree: the files of --iso on FAT32, as when left out; image: its bytes as they are",
      ).choices(ISO_FORMS),
    )
    .option("--name <name>", "name of the definition that is made of --iso; else by its file")
    .addOption(
      new Option("--full", "write everything, whatever a stick holds already").conflicts("refresh"),
    )
    .addOption(
      new Option(
        "--refresh",
        "read what a stick holds and write what differs, also where writing everything were faster",
      ),
    )
    .addOption(
      new Option(
        "--proof <how>",
        "read-back: all is read after the last write; compared: what was right before is not read again; else by the stick's record",
      ).choices(WRITE_PROOFS),
    )
    .addOption(
      new Option(
        "--capacity <check>",
        "probe: seconds; surface: every block, as long as two full builds; else by the stick's record",
      ).choices(CAPACITY_CHECKS),
    )
    .option(
      "--accept-repaired",
      "let a stick succeed that had to be written again in places; the result says so",
    )
    .option("--erase <serial>", "erase a drive that --yes alone does not; repeatable", collect)
    .option("--yes", "erase what the plan shows without asking")
    .option("--watch", "show the build until it has ended; its result is the exit status")
    .option("--request-id <id>", "repeat the request of this id, or give a new one this id")
    .action((media, { iso, as: form, name, ...options }, command) =>
      shell.ask(command, (session, controller) => {
        const start = { media, ...options, policy: parsePolicy(options) };
        if (iso === undefined)
          return whyNeedsIso(form, name) ?? startBuild(session, controller, start);
        const asked = { paths: iso, form: form ?? ISO_FORMS[0], name };
        return startIsoBuild(session, controller, { ...start, iso: asked });
      }),
    );
}

/** `null`: nothing is said of an image that is not given. */
function whyNeedsIso(form?: string, name?: string): Promise<Result<never>> | null {
  if (form === undefined && name === undefined) return null;
  const option = form === undefined ? "--name" : "--as";
  const detail = `Cannot use ${option}: it is for --iso, which is not given`;
  return Promise.resolve(fail({ code: "usage", detail }));
}
