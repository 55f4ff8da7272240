import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildView, JobView } from "@stickfarm/proto/stickfarm/v1/operator";
import { freePort } from "../../support/free-port.ts";
import {
  type Ended,
  type Program,
  type ProgramName,
  type ProgramOptions,
  runToEnd,
  startProgram,
} from "../../support/processes.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { waitFor } from "../../support/wait-for.ts";

/** A file that the agent makes, or a block device that is there. */
export type DriveSpec = { readonly serial: string; readonly bay: string } & (
  | { readonly size: string }
  | { readonly device: string }
);

/** A controller and its agents: the built programs, as an operator starts them, in a directory of their own. */
export type TestFarm = {
  readonly directory: string;
  /** HOST:PORT of the controller. */
  readonly address: string;
  /** What `stickfarm` finds its farm by. */
  readonly env: Readonly<Record<string, string>>;
  readonly controller: () => Program;
  readonly agent: (name: string) => Program;
  /** Start the controller again after its end. */
  readonly serve: () => Promise<void>;
  readonly runAgent: (name: string) => Promise<void>;
  /** Run `stickfarm` to its end, whatever that is. */
  readonly run: (...args: string[]) => Promise<Ended>;
  /** Run `stickfarm`, which must succeed, and give back stdout. */
  readonly must: (...args: string[]) => Promise<string>;
  /** A build as the controller sees it now. */
  readonly build: (buildId: string) => Promise<BuildView>;
  /** The job on this bay. */
  readonly job: (buildId: string, bay: string) => Promise<JobView>;
  readonly ended: (buildId: string, limitMs?: number) => Promise<BuildView>;
  /** File of a drive. */
  readonly driveFile: (agent: string, serial: string) => string;
};

type Options = {
  readonly agents: Readonly<Record<string, readonly DriveSpec[]>>;
  readonly initArgs?: readonly string[];
  readonly serveArgs?: readonly string[];
  /** For each agent. */
  readonly agentArgs?: readonly string[];
  /** For all programs, where the farm is. */
  readonly env?: (directory: string) => Readonly<Record<string, string>>;
  /** Programs of a test, in a directory of that test, unless told. */
  readonly host?: FarmHost;
};

/** What a farm lives in, and for how long. */
export type FarmHost = {
  /** For what runs until it is ended. */
  readonly startProgram: (
    name: ProgramName,
    args: readonly string[],
    options: ProgramOptions,
  ) => Program;
  /** For what ends by itself. */
  readonly runCommand: (
    name: ProgramName,
    args: readonly string[],
    options: ProgramOptions,
  ) => Promise<Ended>;
  readonly makeDirectory: () => Promise<string>;
  /** Within this a program must be ready. */
  readonly readyLimitMs: number;
};

const TEST_HOST: FarmHost = {
  startProgram,
  runCommand: runToEnd,
  makeDirectory: tempDirectory,
  readyLimitMs: 30_000,
};

/** Start a farm; it ends with its host. */
export async function startFarm({
  agents,
  initArgs = [],
  serveArgs = [],
  agentArgs = [],
  env: more = () => ({}),
  host = TEST_HOST,
}: Options): Promise<TestFarm> {
  const { runCommand } = host;
  const directory = await host.makeDirectory();
  const address = `127.0.0.1:${await freePort()}`;
  const env = {
    STICKFARM_DATA: join(directory, "farm"),
    STICKFARM_CONFIG: join(directory, "farm", "operator.yaml"),
    ...more(directory),
  };
  const options = { cwd: directory, env };
  const programs = new Map<string, Program>();
  const running = (name: string) => {
    const program = programs.get(name);
    if (program === undefined) throw new Error(`"${name}" was not started`);
    return program;
  };
  const start = async (name: string, program: ProgramName, args: readonly string[]) => {
    programs.set(name, host.startProgram(program, args, options));
    await running(name).waitForLine(/^ready/, host.readyLimitMs);
  };
  const driveFile = (agent: string, serial: string) => join(directory, `${agent}-${serial}.img`);
  const serve = () =>
    start("controller", "stickfarm", ["serve", "--listen", address, ...serveArgs]);
  const runAgent = (name: string) => {
    const drives = (agents[name] ?? []).flatMap((drive) => {
      const { serial, bay } = drive;
      const file = driveFile(name, serial);
      const place = "size" in drive ? `file=${file},size=${drive.size}` : `device=${drive.device}`;
      return ["--virtual-drive", `${place},serial=${serial},bay=${bay}`];
    });
    return start(name, "stickfarm-agent", ["run", "--data", name, ...drives, ...agentArgs]);
  };
  const commands = commandsIn(runCommand, options);
  await commands.must("init", "--listen", address, ...initArgs);
  await serve();
  for (const name of Object.keys(agents)) {
    await enrol({ name, address, options, commands, runCommand });
    await runAgent(name);
  }
  const controller = () => running("controller");
  return {
    directory,
    address,
    env,
    controller,
    agent: running,
    serve,
    runAgent,
    driveFile,
    ...commands,
  };
}

type Commands = Pick<TestFarm, "run" | "must" | "build" | "job" | "ended">;

function commandsIn(runCommand: FarmHost["runCommand"], options: ProgramOptions): Commands {
  const run = (...args: string[]) => runCommand("stickfarm", args, options);
  const must = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args);
    if (code === 0) return stdout;
    throw new Error(`stickfarm ${args.join(" ")} ended with ${code}\n${stdout}${stderr}`);
  };
  const build = async (buildId: string): Promise<BuildView> =>
    JSON.parse(await must("build", "show", buildId, "-o", "json")) as BuildView;
  const endOf = async (buildId: string): Promise<BuildView | undefined> => {
    const view = await build(buildId);
    return view.state === "running" ? undefined : view;
  };
  return {
    run,
    must,
    build,
    job: async (buildId, bay) => {
      const job = (await build(buildId)).jobs.find((one) => one.bay === bay);
      if (job === undefined) throw new Error(`build ${buildId} has no job on bay ${bay}`);
      return job;
    },
    ended: (buildId, limitMs = 120_000) =>
      waitFor(`the end of build ${buildId}`, () => endOf(buildId), { limitMs, everyMs: 200 }),
  };
}

type Enrolling = {
  readonly name: string;
  readonly address: string;
  readonly options: ProgramOptions;
  readonly commands: Commands;
  readonly runCommand: FarmHost["runCommand"];
};

async function enrol({ name, address, options, commands, runCommand }: Enrolling): Promise<void> {
  const tokenFile = join(options.cwd, `${name}.token`);
  const token = await commands.must("agent", "token", "create", "--name", name);
  await writeFile(tokenFile, token);
  const args = ["--data", name, "--controller", address, "--token-file", tokenFile];
  const enrolled = await runCommand("stickfarm-agent", ["enroll", ...args], options);
  if (enrolled.code !== 0) throw new Error(enrolled.stderr);
}

/** The id that `build start -o json` printed. */
export function buildIdOf(stdout: string): string {
  const parsed = JSON.parse(stdout.trim().split("\n")[0] ?? "") as { buildId?: string };
  if (parsed.buildId === undefined) throw new Error(`No build id in: ${stdout}`);
  return parsed.buildId;
}
