import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import { type HostPort, renderHostPort } from "@stickfarm/common/host-port";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { pinOf } from "@stickfarm/common/rim/certificate-pin";

const HANDSHAKE_MAX_MS = 10_000;
/** Ours has two; a peer must not keep us busy with more. */
const CHAIN_LENGTH_MAX = 5;

/**
 * Look at the certificates that a server presents, send it nothing, and give back its authority if that is the pinned one.
 *
 * The handshake itself trusts nobody. What is sent later goes through a connection that trusts this authority alone.
 * Problems: controller_unreachable, pin_mismatch.
 */
export async function findPinnedAuthority(address: HostPort, pin: string): Promise<Result<string>> {
  const chain = await readChain(address);
  if (!chain.ok) return chain;
  const [leaf] = chain.value;
  const authority = chain.value.find((certificate) => certificate.ca && pinOf(certificate) === pin);
  const where = `Cannot enrol at "${renderHostPort(address)}"`;
  if (leaf === undefined || authority === undefined) {
    const detail = `${where}: none of the ${chain.value.length} certificates that it shows has the key that the token names`;
    return fail({ code: "pin_mismatch", detail });
  }
  // Anybody may show the authority's certificate; only the controller has one that is signed by it.
  if (!leaf.verify(authority.publicKey)) {
    const detail = `${where}: its certificate is not signed by the authority that the token names`;
    return fail({ code: "pin_mismatch", detail });
  }
  return ok(authority.toString());
}

async function readChain(address: HostPort): Promise<Result<readonly X509Certificate[]>> {
  const socket = connect({
    ...address,
    servername: CONTROLLER_HOST,
    ALPNProtocols: ["h2"],
    minVersion: "TLSv1.3",
    rejectUnauthorized: false,
  });
  try {
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(HANDSHAKE_MAX_MS) });
    return ok(listChain(socket));
  } catch (cause) {
    const reason = cause instanceof Error ? sayWhy(cause) : String(cause);
    const detail = `Cannot reach the controller at "${renderHostPort(address)}": ${reason}`;
    return fail({ code: "controller_unreachable", detail, cause });
  } finally {
    // Not at once: in TLS 1.3 the server's half of the handshake ends after ours.
    socket.destroySoon();
  }
}

function listChain(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && chain.length < CHAIN_LENGTH_MAX) {
    chain.push(new X509Certificate(next.raw));
    // A self-signed certificate is its own issuer here.
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}

function sayWhy(error: Error): string {
  if (error.name === "AbortError") return `no TLS handshake within ${HANDSHAKE_MAX_MS / 1000} s`;
  return /wrong version number|packet length too long/.test(error.message)
    ? "what answers there does not speak TLS"
    : error.message;
}
