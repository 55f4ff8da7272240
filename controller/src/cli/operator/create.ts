import { Option } from "@commander-js/extra-typings";
import { parseHostPort, renderHostPort } from "@stickfarm/common/host-port";
import { GRANTS } from "@stickfarm/common/identity";
import { ok } from "@stickfarm/common/result";
import { LISTEN_DEFAULT } from "../init.ts";
import { renderFields } from "../output/render-fields.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import { say } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";

export function operatorCreateCommand(shell: Shell) {
  return newCommand(shell, {
    name: "create",
    description:
      "Make another operator's configuration, with a key of its own.\n\nRuns on the controller's machine, where the farm's keys are. Nothing is ever overwritten.",
    examples: [
      "stickfarm operator create night-shift --out night-shift.yaml",
      "stickfarm operator create chief --grant drive-admin --controller farm.example.net:7443 --out chief.yaml",
    ],
  })
    .argument("<name>", "1 to 63 of a-z, 0-9 and -")
    .requiredOption("--out <file>", "where the configuration goes")
    .addOption(
      new Option(
        "--grant <role>",
        "drive-admin may have drives erased that a yes does not erase, by typing their serials",
      ).choices(GRANTS),
    )
    .option("--controller <host:port>", "the address that the operator dials", LISTEN_DEFAULT)
    .action((name, { out, grant, controller: text }, command) =>
      shell.run(command, async (session) => {
        const controller = parseHostPort(text);
        if (!controller.ok) return controller;
        const { dataDirectory } = session.paths;
        const made = {
          name,
          grants: GRANTS.filter((known) => known === grant),
          controller: renderHostPort(controller.value),
          configPath: out,
        };
        // Certificates are made here only; every other command starts faster without that code.
        const { createOperator } = await import("../../trust/create-operator.ts");
        const nowMs = session.io.nowMs();
        const created = await createOperator({ ...made, dataDirectory, nowMs });
        if (!created.ok) return created;
        writeAnswer(session, made, () =>
          renderFields([
            ["Operator", name],
            ["Role", grant ?? "operator"],
            ["Operator configuration", out],
          ]),
        );
        say(session, `Hand "${out}" over by a way that nobody else reads: it holds the key`);
        return ok(0);
      }),
    );
}
