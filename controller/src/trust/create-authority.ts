import "reflect-metadata";
import { X509Certificate as NodeCertificate } from "node:crypto";
import { isIP, isIPv6 } from "node:net";
import { ExtendedKeyUsage, type JsonGeneralNames, X509Certificate } from "@peculiar/x509";
import {
  CONTROLLER_HOST,
  CONTROLLER_URI,
  type Grant,
  renderIdentityUri,
} from "@stickfarm/common/identity";
import { pinOf } from "@stickfarm/common/rim/certificate-pin";
import {
  createKeyPem,
  type Issuer,
  issueAuthorityCertificate,
  issueCertificate,
  type Profile,
  publicKeyOf,
  readPrivateKey,
} from "./issue-certificate.ts";
import type { ProvenKey } from "./parse-certificate-request.ts";

const DAY_MS = 24 * 60 * 60_000;
const AUTHORITY_MS = 10 * 365 * DAY_MS;
/** Issued again by the controller itself long before it ends. */
const SERVER_MS = 397 * DAY_MS;
/** As long as the authority: it is the only way in, and nothing renews it yet. */
const OPERATOR_MS = AUTHORITY_MS;
/** An agent enrols again after this; short lives with renewal come with the agent's own renewal call. */
export const AGENT_MS = 90 * DAY_MS;

/** No role of the port: `readIdentity` knows nobody by it. */
const NATS_CLIENT_URI = "stickfarm://nats/controller";

export type CertifiedKey = { readonly certificatePem: string; readonly keyPem: string };

/** The farm's certificate authority. It signs three roles and nothing else. */
export type Authority = {
  readonly caPem: string;
  /** SHA-256 of the CA's public key (SPKI), base64url: what an agent's token pins. */
  readonly pin: string;
  /**
   * The chain that is served: certificate and CA, so that an agent that knows only the pin finds the CA in the handshake.
   * With `keyPem` the server keeps its key, so that a new certificate is one file.
   */
  issueServer(options: {
    readonly hosts: readonly string[];
    readonly nowMs: number;
    readonly keyPem?: string;
  }): Promise<CertifiedKey>;
  issueOperator(options: {
    readonly name: string;
    readonly grants: readonly Grant[];
    readonly nowMs: number;
  }): Promise<CertifiedKey>;
  /** The controller's own way to NATS, which lets in nobody without a certificate; it opens nothing else. */
  issueNatsClient(nowMs: number): Promise<CertifiedKey>;
  /** Certify an agent's key under the name that its token was made for. */
  issueAgent(options: {
    readonly name: string;
    readonly key: ProvenKey;
    readonly nowMs: number;
  }): Promise<{ readonly certificatePem: string; readonly notAfterMs: number }>;
};

export async function createAuthority(nowMs: number): Promise<CertifiedKey> {
  const keyPem = await createKeyPem();
  const certificate = await issueAuthorityCertificate({
    key: await readPrivateKey(keyPem),
    publicKey: publicKeyOf(keyPem),
    notBeforeMs: nowMs,
    notAfterMs: nowMs + AUTHORITY_MS,
  });
  return { certificatePem: renderPem(certificate), keyPem };
}

export async function openAuthority({ certificatePem, keyPem }: CertifiedKey): Promise<Authority> {
  const issuer: Issuer = {
    certificate: new X509Certificate(certificatePem),
    key: await readPrivateKey(keyPem),
  };
  return {
    caPem: certificatePem,
    pin: pinOf(new NodeCertificate(certificatePem)),
    issueServer: async ({ hosts, nowMs, keyPem: keptKeyPem }) => {
      const keyPem = keptKeyPem ?? (await createKeyPem());
      const certificate = await issueCertificate(issuer, {
        commonName: "stickfarm controller",
        names: serverNames(hosts),
        usage: ExtendedKeyUsage.serverAuth,
        publicKey: publicKeyOf(keyPem),
        notBeforeMs: nowMs,
        notAfterMs: nowMs + SERVER_MS,
      });
      return { certificatePem: `${renderPem(certificate)}${certificatePem}`, keyPem };
    },
    issueOperator: async ({ name, grants, nowMs }) =>
      await issueWithNewKey(issuer, {
        ...clientProfile(name, renderIdentityUri({ role: "operator", name, grants })),
        notBeforeMs: nowMs,
        notAfterMs: nowMs + OPERATOR_MS,
      }),
    issueNatsClient: async (nowMs) =>
      await issueWithNewKey(issuer, {
        ...clientProfile("controller", NATS_CLIENT_URI),
        notBeforeMs: nowMs,
        notAfterMs: nowMs + AUTHORITY_MS,
      }),
    issueAgent: async ({ name, key, nowMs }) => {
      const certificate = await issueCertificate(issuer, {
        ...clientProfile(name, renderIdentityUri({ role: "agent", name, grants: [] })),
        publicKey: key.publicKey,
        notBeforeMs: nowMs,
        notAfterMs: nowMs + AGENT_MS,
      });
      return {
        certificatePem: renderPem(certificate),
        notAfterMs: certificate.notAfter.getTime(),
      };
    },
  };
}

/** What a server certificate answers to: always this machine, and the hosts that it listens on. */
export function serverNames(hosts: readonly string[]): JsonGeneralNames {
  const own = [CONTROLLER_HOST, "localhost", "127.0.0.1", "::1"];
  const all = new Set([...own, ...hosts].map(normalise));
  return [
    { type: "url", value: CONTROLLER_URI },
    ...Array.from(all, (host) => ({
      type: isIP(host) === 0 ? ("dns" as const) : ("ip" as const),
      value: host,
    })),
  ];
}

/** One way to write each IPv6 address: certificates are read back with all zeros written out. */
function normalise(host: string): string {
  return isIPv6(host) ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host;
}

function clientProfile(commonName: string, uri: string) {
  return {
    commonName,
    names: [{ type: "url" as const, value: uri }],
    usage: ExtendedKeyUsage.clientAuth,
  };
}

async function issueWithNewKey(
  issuer: Issuer,
  profile: Omit<Profile, "publicKey">,
): Promise<CertifiedKey> {
  const keyPem = await createKeyPem();
  const certificate = await issueCertificate(issuer, {
    ...profile,
    publicKey: publicKeyOf(keyPem),
  });
  return { certificatePem: renderPem(certificate), keyPem };
}

function renderPem(certificate: X509Certificate): string {
  return `${certificate.toString("pem").trim()}\n`;
}
