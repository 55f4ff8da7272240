import { fail, ok, type Result } from "@stickfarm/common/result";
import { findProgram, isProgram } from "@stickfarm/common/rim/tools";

const PROGRAM = "nats-server";

/**
 * The nats-server that this machine has: STICKFARM_NATS_SERVER when it is set, else the first on PATH or in the system's
 * folders (Debian's is in /usr/sbin, which few have on PATH).
 *
 * Problems: nats_missing.
 */
export async function findNatsServer(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Result<string>> {
  const named = env["STICKFARM_NATS_SERVER"] ?? "";
  if (named !== "") {
    if (await isProgram(named)) return ok(named);
    const detail = `Cannot start NATS: STICKFARM_NATS_SERVER is "${named}", it must be the path of a program`;
    return fail({ code: "nats_missing", detail });
  }
  const path = await findProgram(PROGRAM, env["PATH"] ?? "");
  if (path !== null) return ok(path);
  const detail = `Cannot start NATS: "${PROGRAM}" is neither on PATH nor in the system's folders`;
  return fail({ code: "nats_missing", detail });
}
