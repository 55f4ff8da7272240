import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { writeFileAtomically } from "@stickfarm/common/rim/atomic-file";
import { fileProblem } from "@stickfarm/common/rim/file-problem";
import type { ServerTls, Trust } from "./load-trust.ts";

const RENEW_BEFORE_MS = 30 * 24 * 60 * 60_000;

/**
 * The server's certificate for the hosts that it is about to listen on, as `hostsToName` understands them: the one at hand
 * when it names them all and does not end soon, else a new one for the same key. The names that it had stay in it.
 *
 * Problems: those of writing files.
 */
export async function ensureServerCertificate(
  trust: Pick<Trust, "directory" | "authority" | "tls">,
  hosts: readonly string[],
  nowMs: number,
): Promise<Result<ServerTls>> {
  const current = new X509Certificate(trust.tls.certificatePem);
  const lasts = Date.parse(current.validTo) - nowMs > RENEW_BEFORE_MS;
  const missing = hosts.flatMap(hostsToName).filter((host) => !names(current, host));
  if (lasts && missing.length === 0) return ok(trust.tls);
  const issued = await trust.authority.issueServer({
    hosts: [...hostsIn(current), ...missing],
    nowMs,
    keyPem: trust.tls.keyPem,
  });
  const path = join(trust.directory, "server.pem");
  try {
    await writeFileAtomically(path, new TextEncoder().encode(issued.certificatePem), 0o600);
  } catch (error) {
    return fail(fileProblem(`Cannot write the server's certificate "${path}"`, error));
  }
  return ok({ ...trust.tls, certificatePem: issued.certificatePem });
}

/** Names for a certificate: the host itself, or every one of this machine when it listens on all addresses. */
export function hostsToName(listenHost: string): readonly string[] {
  if (listenHost !== "0.0.0.0" && listenHost !== "::") return [listenHost];
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    // An address that is valid on one link only means nothing without that link's name.
    .filter(({ scopeid }) => !scopeid)
    .map(({ address }) => address);
  return [hostname(), ...addresses];
}

function names(certificate: X509Certificate, host: string): boolean {
  return isIP(host) === 0
    ? certificate.checkHost(host) !== undefined
    : certificate.checkIP(host) !== undefined;
}

function hostsIn(certificate: X509Certificate): string[] {
  const entries = certificate.subjectAltName?.split(", ") ?? [];
  return entries.flatMap((entry) => {
    const [, host] = /^(?:DNS|IP Address):(.+)$/.exec(entry) ?? [];
    return host === undefined ? [] : [host];
  });
}
