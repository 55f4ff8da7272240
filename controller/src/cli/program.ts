import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { VERSION } from "@stickfarm/common/version";
import { agentListCommand } from "./agent/list.ts";
import { agentTokenCreateCommand } from "./agent/token-create.ts";
import { bootImageAddCommand } from "./boot-image/add.ts";
import { bootImageListCommand } from "./boot-image/list.ts";
import { bootImageShowCommand } from "./boot-image/show.ts";
import { buildCancelCommand } from "./build/cancel.ts";
import { buildListCommand } from "./build/list.ts";
import { buildLogCommand } from "./build/log.ts";
import { buildReportCommand } from "./build/report.ts";
import { buildRetryCommand } from "./build/retry.ts";
import { buildShowCommand } from "./build/show.ts";
import { buildStartCommand } from "./build/start.ts";
import { buildWatchCommand } from "./build/watch.ts";
import { contentAddCommand } from "./content/add.ts";
import { contentDistributeCommand } from "./content/distribute.ts";
import { contentListCommand } from "./content/list.ts";
import { contentShowCommand } from "./content/show.ts";
import { contentVerifyCommand } from "./content/verify.ts";
import { demoCommand } from "./demo/demo.ts";
import { dpAddCommand } from "./dp/add.ts";
import { dpCheckCommand } from "./dp/check.ts";
import { dpListCommand } from "./dp/list.ts";
import { dpRemoveCommand } from "./dp/remove.ts";
import { driveLabelCommand } from "./drive/label.ts";
import { driveListCommand } from "./drive/list.ts";
import { driveLocateCommand } from "./drive/locate.ts";
import { driveShowCommand } from "./drive/show.ts";
import { initCommand } from "./init.ts";
import { mediaApplyCommand } from "./media/apply.ts";
import { mediaBootCommand } from "./media/boot.ts";
import { mediaCertificatesCommand } from "./media/certificates.ts";
import { mediaCheckCommand } from "./media/check.ts";
import { mediaDiffCommand } from "./media/diff.ts";
import { mediaIsoCommand } from "./media/iso.ts";
import { mediaListCommand } from "./media/list.ts";
import { mediaRulesCommand } from "./media/rules.ts";
import { mediaSchemaCommand } from "./media/schema.ts";
import { mediaShowCommand } from "./media/show.ts";
import { operatorCreateCommand } from "./operator/create.ts";
import { OUTPUT_FORMATS } from "./output/render-document.ts";
import { planCommand } from "./plan/plan.ts";
import { secretListCommand } from "./secret/list.ts";
import { secretRemoveCommand } from "./secret/remove.ts";
import { secretSetCommand } from "./secret/set.ts";
import { serveCommand } from "./serve.ts";
import { type CommandText, newCommand } from "./shell/new-command.ts";
import type { Shell } from "./shell/shell.ts";
import { stickInspectCommand } from "./stick/inspect.ts";
import { stickListCommand } from "./stick/list.ts";
import { stickOpenCommand } from "./stick/open.ts";
import { stickShowCommand } from "./stick/show.ts";
import { taskSequenceApplyCommand } from "./task-sequence/apply.ts";
import { taskSequenceListCommand } from "./task-sequence/list.ts";
import { taskSequenceShowCommand } from "./task-sequence/show.ts";

/** Every command of `stickfarm`. */
export function createProgram(shell: Shell): CommandUnknownOpts {
  const program = newCommand(shell, {
    name: "stickfarm",
    description: "Build bootable USB sticks in batches, on the machines where the sticks are.",
    examples: ["stickfarm build start hq-bare-metal --on ws-1 --watch"],
  })
    .version(VERSION, "--version", "print the version")
    .addOption(
      new Option("-o, --output <format>", "form of the answer")
        .choices(OUTPUT_FORMATS)
        .default("table"),
    )
    .option("--no-color", "no colors; so does NO_COLOR in the environment")
    .option(
      "--config <file>",
      "operator configuration; else STICKFARM_CONFIG, else its usual place",
    );
  for (const group of createGroups(shell)) program.addCommand(group);
  return program;
}

function createGroups(shell: Shell): CommandUnknownOpts[] {
  const group: Group = (text, commands) => {
    const command = newCommand(shell, text);
    for (const member of commands) command.addCommand(member);
    return command;
  };
  return [
    initCommand(shell),
    serveCommand(shell),
    demoCommand(shell),
    ...createLibraryGroups(group, shell),
    group(MEDIA, [
      mediaCheckCommand(shell),
      mediaApplyCommand(shell),
      mediaListCommand(shell),
      mediaShowCommand(shell),
      mediaCertificatesCommand(shell),
      mediaBootCommand(shell),
      mediaIsoCommand(shell),
      mediaDiffCommand(shell),
      mediaRulesCommand(shell),
      mediaSchemaCommand(shell),
    ]),
    group(TASK_SEQUENCE, [
      taskSequenceApplyCommand(shell),
      taskSequenceListCommand(shell),
      taskSequenceShowCommand(shell),
    ]),
    planCommand(shell),
    group(BUILD, [
      buildStartCommand(shell),
      buildListCommand(shell),
      buildShowCommand(shell),
      buildWatchCommand(shell),
      buildCancelCommand(shell),
      buildRetryCommand(shell),
      buildReportCommand(shell),
      buildLogCommand(shell),
    ]),
    group(OPERATOR, [operatorCreateCommand(shell)]),
    group(AGENT, [group(TOKEN, [agentTokenCreateCommand(shell)]), agentListCommand(shell)]),
    group(STICK, [
      stickListCommand(shell),
      stickShowCommand(shell),
      stickInspectCommand(shell),
      stickOpenCommand(shell),
    ]),
    group(DRIVE, [
      driveListCommand(shell),
      driveShowCommand(shell),
      driveLabelCommand(shell),
      driveLocateCommand(shell),
    ]),
  ];
}

type Group = (text: CommandText, commands: readonly CommandUnknownOpts[]) => CommandUnknownOpts;

/** What media are made of. */
function createLibraryGroups(group: Group, shell: Shell): CommandUnknownOpts[] {
  return [
    group(CONTENT, [
      contentAddCommand(shell),
      contentListCommand(shell),
      contentShowCommand(shell),
      contentVerifyCommand(shell),
      contentDistributeCommand(shell),
    ]),
    group(BOOT_IMAGE, [
      bootImageAddCommand(shell),
      bootImageListCommand(shell),
      bootImageShowCommand(shell),
    ]),
    group(DP, [
      dpAddCommand(shell),
      dpListCommand(shell),
      dpCheckCommand(shell),
      dpRemoveCommand(shell),
    ]),
    group(SECRET, [secretSetCommand(shell), secretListCommand(shell), secretRemoveCommand(shell)]),
  ];
}

const CONTENT: CommandText = {
  name: "content",
  description: "Files that media are made of, in the content library.",
  examples: ["stickfarm content add ./tools --name tools"],
};
const BOOT_IMAGE: CommandText = {
  name: "boot-image",
  description: "What the target computer starts.",
  examples: ["stickfarm boot-image add winpe.iso --name winpe-x64"],
};
const DP: CommandText = {
  name: "dp",
  description: "Distribution points: places that hold copies of content.",
  examples: ["stickfarm dp add dp-oslo --directory /srv/stickfarm"],
};
const SECRET: CommandText = {
  name: "secret",
  description: "Values that definitions name and nobody reads again.",
  examples: ["stickfarm secret set media/hq"],
};
const MEDIA: CommandText = {
  name: "media",
  description: "Definitions: what a stick shall become.",
  examples: ["stickfarm media apply -f hq.yaml"],
};
const TASK_SEQUENCE: CommandText = {
  name: "task-sequence",
  description: "What media point at: the content that a task sequence uses.",
  examples: ["stickfarm task-sequence apply -f install-w11.yaml"],
};
const BUILD: CommandText = {
  name: "build",
  description: "Orders: media onto drives.",
  examples: ["stickfarm build start hq-bare-metal --on ws-1 --watch"],
};
const OPERATOR: CommandText = {
  name: "operator",
  description: "Who may use this farm.",
  examples: ["stickfarm operator create night-shift --out night-shift.yaml"],
};
const AGENT: CommandText = {
  name: "agent",
  description: "The programs on the workstations.",
  examples: ["stickfarm agent list"],
};
const TOKEN: CommandText = {
  name: "token",
  description: "One-time tokens with which workstations enrol.",
  examples: ["stickfarm agent token create --name ws-1 > token"],
};
const STICK: CommandText = {
  name: "stick",
  description: "Sticks: what was done to them, and what is on one.",
  examples: ["stickfarm stick open /dev/sdb"],
};
const DRIVE: CommandText = {
  name: "drive",
  description: "What the workstations' ports hold now.",
  examples: ["stickfarm drive list"],
};
