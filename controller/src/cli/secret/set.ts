import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import { EXIT_INTERRUPTED, type Shell } from "../shell/shell.ts";
import { readSecret } from "./read-secret.ts";

export function secretSetCommand(shell: Shell) {
  return newCommand(shell, {
    name: "set",
    description:
      "Set a secret, or give it a new value.\n\nThe value is asked for unseen, or read from a file or a pipe; one line end at its end is not part of it. It is never taken from the command line.",
    examples: [
      "stickfarm secret set media/hq",
      "stickfarm secret set media/hq --from-file password.txt",
      "pass show hq | stickfarm secret set media/hq",
    ],
  })
    .argument("<name>", "name of the secret: a-z, 0-9, - and /")
    .option("--from-file <file>", "read the value from this file")
    .action((name, { fromFile }, command) =>
      shell.ask(command, async (session, controller) => {
        const secret = await readSecret(session, { name, file: fromFile });
        if (!secret.ok) return secret;
        if (secret.value === null) return ok(EXIT_INTERRUPTED);
        session.io.mask.learn(secret.value);
        const value = Buffer.from(secret.value.reveal());
        const response = await controller.call(OperatorServiceService.setSecret, { name, value });
        value.fill(0);
        if (!response.ok) return response;
        writeAnswer(session, { name, set: true }, () => `Set secret ${name}\n`);
        return ok(0);
      }),
    );
}
