import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

/** What a program printed on stdout. Fails with its exit code and stderr when it fails. */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env = {}, input }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...searchEnvironment(), ...env },
      maxBuffer: OUTPUT_BYTES_MAX,
      timeout: 120_000,
    };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(" ")}: ${error.code}\n${stdout}${stderr}`));
    });
    child.stdin?.end(input);
  });
}

export type RunOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
};

/** Of these programs, those that are not on this machine. */
export function missingPrograms(...programs: readonly string[]): string[] {
  return programs.filter(
    (program) => !searchPath().some((folder) => canRun(join(folder, program))),
  );
}

/** sfdisk, mkfs.fat and their kind lie in sbin, which is on root's path only. */
function searchPath(): string[] {
  return [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
}

function searchEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: searchPath().join(delimiter) };
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
