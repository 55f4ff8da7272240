import { parseHostPort } from "@stickfarm/common/host-port";
import { ok } from "@stickfarm/common/result";
import { collect } from "./argument/collect.ts";
import { renderFields } from "./output/render-fields.ts";
import { writeAnswer } from "./output/write-answer.ts";
import { findSecretsKey, secretsKeyOption } from "./shell/find-secrets-key.ts";
import { newCommand } from "./shell/new-command.ts";
import { say } from "./shell/session.ts";
import type { Shell } from "./shell/shell.ts";

/** Where the controller listens and the operator's configuration points when nobody says otherwise. */
export const LISTEN_DEFAULT = "127.0.0.1:7443";

export function initCommand(shell: Shell) {
  return newCommand(shell, {
    name: "init",
    description:
      "Make a farm: its keys, and the operator's configuration.\n\nNothing is ever overwritten.",
    examples: ["stickfarm init", "stickfarm init --listen 0.0.0.0:7443 --host farm.example.net"],
  })
    .option("--listen <host:port>", "where the controller will listen", LISTEN_DEFAULT)
    .option(
      "--host <name>",
      "another name or address of this machine for the certificate; repeatable",
      collect,
    )
    .addOption(secretsKeyOption())
    .action(({ listen: text, host: hosts = [], secretsKey: named }, command) =>
      shell.run(command, async (session) => {
        const listen = parseHostPort(text);
        if (!listen.ok) return listen;
        const { dataDirectory, configFile } = session.paths;
        const secretsKey = await findSecretsKey(session, named);
        // Certificates are made here only; every other command starts faster without that code.
        const { initFarm } = await import("../trust/init-farm.ts");
        const { createNatsFiles } = await import("../nats/nats-files.ts");
        const initialised = await initFarm({
          dataDirectory,
          configPath: configFile,
          secretsKey,
          listen: listen.value,
          hosts,
          natsFiles: createNatsFiles(),
          nowMs: session.io.nowMs(),
        });
        if (!initialised.ok) return initialised;
        const made = { ...initialised.value, dataDirectory, secretsKeyPath: secretsKey.path };
        writeAnswer(session, made, () =>
          renderFields([
            ["Data", dataDirectory],
            ["Operator configuration", configFile],
            ["Secrets key", secretsKey.path],
          ]),
        );
        say(
          session,
          "Keep a copy of the secrets key apart from the data: without it no secret opens",
        );
        const option = named === undefined ? "" : ` --secrets-key ${named}`;
        say(session, `Next: stickfarm serve --listen ${text}${option}`);
        return ok(0);
      }),
    );
}
