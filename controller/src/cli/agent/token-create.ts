import { parseDuration, SECOND_MS } from "@stickfarm/common/durations";
import { ok } from "@stickfarm/common/result";
import { OperatorServiceService } from "@stickfarm/proto/stickfarm/v1/operator";
import { renderTime } from "../output/render-fields.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import { say } from "../shell/session.ts";
import type { Shell } from "../shell/shell.ts";

export function agentTokenCreateCommand(shell: Shell) {
  return newCommand(shell, {
    name: "create",
    description:
      "Make a one-time token with which a workstation enrols.\n\nThe token is printed alone, once; only its hash is kept.",
    examples: ["stickfarm agent token create --name ws-1 > token"],
  })
    .requiredOption("--name <name>", "name of the agent: 1 to 63 of a-z, 0-9 and -")
    .option("--ttl <duration>", "how long the token is good for: 1m to 24h", "15m")
    .action(({ name, ttl }, command) =>
      shell.ask(command, async (session, controller) => {
        const ttlMs = parseDuration(ttl);
        if (!ttlMs.ok) return ttlMs;
        const ttlSeconds = ttlMs.value / SECOND_MS;
        const response = await controller.call(OperatorServiceService.createAgentToken, {
          name,
          ttlSeconds,
        });
        if (!response.ok) return response;
        const { token, expiresAtMs } = response.value;
        writeAnswer(session, { name, token, expiresAtMs }, () => `${token}\n`);
        if (session.format === "table")
          say(session, `The token for "${name}" works once, until ${renderTime(expiresAtMs)}`);
        return ok(0);
      }),
    );
}
