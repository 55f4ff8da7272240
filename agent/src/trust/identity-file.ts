import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { writeFileAtomically } from "@stickfarm/common/rim/atomic-file";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";

/** What enrolment gave this workstation, and the keys that it made for it. One file, replaced as one step. */
export type AgentIdentity = {
  readonly name: string;
  /** HOST:PORT as it was enrolled. */
  readonly controller: string;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly natsUserJwt: string;
  readonly natsSeed: string;
  /** The key that orders are signed by. */
  readonly signingKeyPem: string;
};

const FIELDS = [
  "name",
  "controller",
  "caPem",
  "certificatePem",
  "keyPem",
  "natsUserJwt",
  "natsSeed",
  "signingKeyPem",
] as const satisfies readonly (keyof AgentIdentity)[];

/** Problems: not_enrolled, also when the file is damaged; path_unreadable. */
export async function loadIdentity(dataDirectory: string): Promise<Result<AgentIdentity>> {
  const path = pathIn(dataDirectory);
  try {
    const identity = parseIdentity(await readFile(path, "utf8"));
    if (identity !== null) return ok(identity);
    const detail = `Cannot use the agent's identity "${path}": it is damaged`;
    return fail({ code: "not_enrolled", detail });
  } catch (error) {
    if (!isErrnoError(error) || error.code !== "ENOENT") {
      return fail(fileProblem(`Cannot read the agent's identity "${path}"`, error));
    }
    const detail = `Cannot run an agent on "${dataDirectory}": it is not enrolled`;
    return fail({ code: "not_enrolled", detail, cause: error });
  }
}

/** Folder 0700, file 0600; an earlier identity is replaced. Problems: those of writing a file. */
export async function saveIdentity(
  dataDirectory: string,
  identity: AgentIdentity,
): Promise<Result<void>> {
  const path = pathIn(dataDirectory);
  try {
    await mkdir(join(dataDirectory, "identity"), { recursive: true, mode: 0o700 });
    await writeFileAtomically(path, new TextEncoder().encode(JSON.stringify(identity)), 0o600);
    return ok(undefined);
  } catch (error) {
    return fail(fileProblem(`Cannot write the agent's identity "${path}"`, error));
  }
}

function pathIn(dataDirectory: string): string {
  return join(dataDirectory, "identity", "agent.json");
}

function parseIdentity(text: string): AgentIdentity | null {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null) return null;
  const fields = FIELDS.map((name) => [name, Reflect.get(value, name)] as const);
  if (!fields.every(([, field]) => typeof field === "string" && field !== "")) return null;
  // Each field has just been seen to be there.
  return Object.fromEntries(fields) as AgentIdentity;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A torn or foreign file; the caller says so.
    return null;
  }
}
