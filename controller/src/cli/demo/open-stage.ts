import { join } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Session } from "../shell/session.ts";
import { type Launch, type Launched, launch, type ProgramName } from "./launch.ts";

/** Where the demo plays: programs started as an operator would start them, in a directory of their own. */
export type Stage = {
  readonly directory: string;
  readonly say: (text: string) => void;
  /** Run a command in front of the audience. Problems: build_failed with what the command said. */
  readonly run: (program: ProgramName, ...args: string[]) => Promise<Result<void>>;
  /** The same behind the scenes: gives what it printed. */
  readonly ask: (...args: string[]) => Promise<Result<string>>;
  /** Start a service and wait for its line "ready". */
  readonly start: (program: ProgramName, ...args: string[]) => Promise<Result<void>>;
  /** End every service, by its own process, in reverse order. */
  readonly close: () => Promise<void>;
};

type StageOptions = {
  readonly session: Session;
  readonly directory: string;
  readonly signal: AbortSignal;
};

const READY_MAX_MS = 30_000;

export function openStage({ session, directory, signal }: StageOptions): Stage {
  const services: Launched[] = [];
  const farm = join(directory, "farm");
  const where: Launch = {
    directory,
    env: {
      ...session.io.env,
      STICKFARM_DATA: farm,
      STICKFARM_CONFIG: join(farm, "operator.yaml"),
    },
  };
  const say = (text: string): void => void session.io.stdout.write(`${text}\n`);
  const prompt = (words: readonly string[]): void =>
    say(`\n$ ${words.join(" ").replaceAll(`${directory}/`, "")}`);
  return {
    directory,
    say,
    run: async (program, ...args) => {
      prompt([program, ...args]);
      const ended = await toEnd(launch(where, [program, ...args], { shown: true, signal }));
      return ended.ok ? ok(undefined) : ended;
    },
    ask: (...args) => toEnd(launch(where, ["stickfarm", ...args], { shown: false, signal })),
    start: async (program, ...args) => {
      prompt([program, ...args, "&"]);
      const service = launch(where, [program, ...args], { shown: false, signal: null });
      services.push(service);
      const line = await service.firstLine(READY_MAX_MS);
      if (line === null) return failed(service, "it did not become ready");
      say(line);
      return ok(undefined);
    },
    close: async () => {
      for (const service of services.splice(0).reverse()) await service.end();
    },
  };
}

async function toEnd(program: Launched): Promise<Result<string>> {
  const status = await program.ended;
  return status === "0" ? ok(program.stdout()) : failed(program, `exit status ${status}`);
}

function failed({ command, stderr }: Launched, why: string): Result<never> {
  const words = stderr().trim();
  return fail({
    code: "build_failed",
    detail: `Cannot go on with the demo: "${command}" failed, ${why}${words === "" ? "" : `: ${words}`}`,
  });
}
