import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Grant, isIdentityName } from "@stickfarm/common/identity";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";
import { openAuthority } from "./create-authority.ts";
import { type OperatorConfig, renderOperatorConfig } from "./operator-config.ts";
import { exists, trustDirectoryOf } from "./trust-files.ts";

export type OperatorOptions = {
  /** Where the farm's keys are. */
  readonly dataDirectory: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  /** HOST:PORT that the operator dials. */
  readonly controller: string;
  /** Where the configuration goes; only a new file will do. */
  readonly configPath: string;
  readonly nowMs: number;
};

/**
 * Make another operator's way in, on the machine that holds the farm's keys: a configuration with a certificate and a key of
 * its own. Nothing is ever overwritten.
 *
 * Problems: name_invalid, not_initialised, usage (the file is there), and those of reading and writing files.
 */
export async function createOperator(options: OperatorOptions): Promise<Result<void>> {
  const { dataDirectory, name, configPath } = options;
  const doing = `Cannot make the operator "${name}"`;
  if (!isIdentityName(name))
    return fail({ code: "name_invalid", detail: `${doing}: that is no name` });
  try {
    const taken = await whyNoPlace(options, doing);
    if (taken !== null) return fail(taken);
    const config = renderOperatorConfig(await issue(options));
    await mkdir(dirname(configPath), { recursive: true, mode: 0o700 });
    await writeFile(configPath, config, { flag: "wx", mode: 0o600, flush: true });
    return ok(undefined);
  } catch (error) {
    if (isErrnoError(error) && error.code === "EEXIST") return fail(pathTaken(configPath, doing));
    return fail(fileProblem(`${doing} of "${dataDirectory}"`, error));
  }
}

async function whyNoPlace(
  { dataDirectory, configPath }: OperatorOptions,
  doing: string,
): Promise<Problem | null> {
  if (!(await exists(trustDirectoryOf(dataDirectory)))) {
    const detail = `${doing}: "${dataDirectory}" holds no farm`;
    return { code: "not_initialised", detail };
  }
  return (await exists(configPath)) ? pathTaken(configPath, doing) : null;
}

function pathTaken(path: string, doing: string): Problem {
  return { code: "usage", detail: `${doing}: "${path}" is there already, it must be a new file` };
}

async function issue(options: OperatorOptions): Promise<OperatorConfig> {
  const { dataDirectory, controller, name, grants, nowMs } = options;
  const read = (file: string) => readFile(join(trustDirectoryOf(dataDirectory), file), "utf8");
  const caPem = await read("ca.pem");
  const authority = await openAuthority({ certificatePem: caPem, keyPem: await read("ca.key") });
  return { controller, caPem, ...(await authority.issueOperator({ name, grants, nowMs })) };
}
