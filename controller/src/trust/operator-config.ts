import { readFile } from "node:fs/promises";
import { type HostPort, parseHostPort, renderHostPort } from "@stickfarm/common/host-port";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { fileProblem, isErrnoError } from "@stickfarm/common/rim/file-problem";
import { parse, stringify } from "yaml";

/** What the CLI needs to reach a controller; inline, so that the file alone may be carried to another machine. */
export type OperatorConfig = {
  /** HOST:PORT. */
  readonly controller: string;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
};

const COMMENT = `# How \`stickfarm\` reaches its controller. The key is the operator's: keep this file to yourself.
# On another machine, change \`controller\` to the address that it is reached by from there.
`;

export function renderOperatorConfig(config: OperatorConfig): string {
  const { controller, caPem: ca, certificatePem: certificate, keyPem: key } = config;
  return COMMENT + stringify({ controller, ca, certificate, key }, { lineWidth: 0 });
}

/** What a client on this machine dials: an address that means "all of them" is none to dial. */
export function addressToDial({ host, port }: HostPort): string {
  const dialled = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return renderHostPort({ host: dialled, port });
}

/** Problems: not_initialised, usage when the file does not hold what it must, and those of reading it. */
export async function readOperatorConfig(path: string): Promise<Result<OperatorConfig>> {
  try {
    return parseOperatorConfig(path, await readFile(path, "utf8"));
  } catch (error) {
    const doing = `Cannot read the operator configuration "${path}"`;
    if (isErrnoError(error) && error.code === "ENOENT") {
      return fail({ code: "not_initialised", detail: `${doing}: there is none`, cause: error });
    }
    return fail(fileProblem(doing, error));
  }
}

/** Problems: usage; no value stands in its detail but the address. */
export function parseOperatorConfig(path: string, text: string): Result<OperatorConfig> {
  const fields = parseYaml(text);
  const [controller, caPem, certificatePem, keyPem] = [
    "controller",
    "ca",
    "certificate",
    "key",
  ].map((name) => readText(fields, name));
  if (!controller) return refuse(path, '"controller" must be HOST:PORT');
  const address = parseHostPort(controller);
  if (!address.ok) return refuse(path, `"controller" is "${controller}", it must be HOST:PORT`);
  if (!caPem?.includes(CERTIFICATE)) return refuse(path, '"ca" must be a certificate in PEM');
  if (!certificatePem?.includes(CERTIFICATE)) {
    return refuse(path, '"certificate" must be a certificate in PEM');
  }
  if (!keyPem?.includes("PRIVATE KEY-----")) return refuse(path, '"key" must be a key in PEM');
  return ok({ controller, caPem, certificatePem, keyPem });
}

const CERTIFICATE = "-----BEGIN CERTIFICATE-----";

function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch {
    // Whatever the YAML parser dislikes: the first missing field is named instead, and no line of the file.
    return null;
  }
}

function readText(fields: unknown, name: string): string | undefined {
  if (typeof fields !== "object" || fields === null) return undefined;
  const value: unknown = Reflect.get(fields, name);
  return typeof value === "string" ? value : undefined;
}

function refuse(path: string, reason: string): Result<never> {
  const detail = `Cannot use the operator configuration "${path}": ${reason}`;
  return fail({ code: "usage", detail });
}
