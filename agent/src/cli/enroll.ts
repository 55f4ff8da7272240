import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import { Secret } from "@stickfarm/common/secret";
import { createNatsKey } from "../nats/create-nats-key.ts";
import { enroll } from "../trust/enroll.ts";
import { resolveData } from "./io.ts";
import { printAnswer } from "./print.ts";
import { newCommand, type Shell } from "./shell.ts";

export function enrollCommand(shell: Shell) {
  const { io } = shell;
  return newCommand(shell, {
    name: "enroll",
    description:
      "Make this workstation known to its controller.\n\nThe one-time token names the agent and pins the controller: its secret is sent to nobody else. Prefer --token-file: every user of the machine can read a command line.",
    examples: ["stickfarm-agent enroll --controller farm.example.net:7443 --token-file token"],
  })
    .requiredOption("--controller <host:port>", "where the controller listens")
    .option("--token <token>", "what `stickfarm agent token create` printed")
    .option("--token-file <file>", "the file that it was printed to")
    .option("--data <folder>", "where the agent keeps its identity, journal and cache")
    .action(({ controller, data, ...given }, command) =>
      shell.run(command, async ({ json }) => {
        const token = await readToken(given);
        if (!token.ok) return token;
        io.mask.learn(Secret.ofText(token.value));
        const dataDirectory = resolve(io.workingDirectory, resolveData(io, data));
        const enrolled = await enroll({
          dataDirectory,
          controller,
          token: token.value,
          createNatsKey,
        });
        if (!enrolled.ok) return enrolled;
        const { name } = enrolled.value;
        printAnswer(io, {
          json,
          value: { name, controller, dataDirectory },
          text: `Enrolled as ${name} at ${controller}`,
        });
        return ok(0);
      }),
    );
}

/** A token has about 130 characters; a larger file is another one. */
const TOKEN_BYTES_MAX = 4096;

type Given = { readonly token?: string; readonly tokenFile?: string };

async function readToken({ token, tokenFile }: Given): Promise<Result<string>> {
  if (token !== undefined && tokenFile === undefined) return ok(token.trim());
  if (token !== undefined || tokenFile === undefined)
    return fail({
      code: "usage",
      detail: "Cannot enrol: one of --token-file and --token must be given",
    });
  try {
    let text = "";
    const stream = createReadStream(tokenFile, { encoding: "utf8", end: TOKEN_BYTES_MAX });
    for await (const chunk of stream) text += String(chunk);
    return ok(text.trim());
  } catch (error) {
    return fail(fileProblem(`Cannot read the token from "${tokenFile}"`, error));
  }
}
