import "reflect-metadata";
import { createHash, X509Certificate as NodeCertificate, type webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  ExtendedKeyUsage,
  type JsonGeneralNames,
  Pkcs10CertificateRequest,
  X509Certificate,
} from "@peculiar/x509";
import { CONTROLLER_HOST, CONTROLLER_URI, renderIdentityUri } from "@stickfarm/common/identity";
import { fail, ok, type Result } from "@stickfarm/common/result";
import {
  createKeyPair,
  type Issuer,
  issueAuthorityCertificate,
  issueCertificate,
  readPrivateKey,
  renderPrivateKey,
} from "./issue-certificate.ts";

const DAY_MS = 24 * 60 * 60_000;
const AUTHORITY_MS = 10 * 365 * DAY_MS;
/** Issued again by the controller itself long before it ends. */
const SERVER_MS = 397 * DAY_MS;
/** As long as the authority: it is the only way in, and nothing renews it yet. */
const OPERATOR_MS = AUTHORITY_MS;
/** An agent enrols again after this; short lives with renewal come with the agent's own renewal call. */
export const AGENT_MS = 90 * DAY_MS;

/** A P-256 request is about 500 bytes. */
const REQUEST_LENGTH_MAX = 8192;

export type CertifiedKey = { readonly certificatePem: string; readonly keyPem: string };

/** The farm's certificate authority. It signs three roles and nothing else. */
export type Authority = {
  readonly caPem: string;
  /** SHA-256 of the CA's public key (SPKI), base64url: what an agent's token pins. */
  readonly pin: string;
  /** Served with the CA behind it, so that an agent that knows only the pin finds the CA in the handshake. */
  issueServer(options: {
    readonly hosts: readonly string[];
    readonly nowMs: number;
  }): Promise<CertifiedKey>;
  issueOperator(options: { readonly name: string; readonly nowMs: number }): Promise<CertifiedKey>;
  /**
   * Certify the key of a PKCS #10 request under the name that the token was made for.
   *
   * The request's subject and extensions are ignored; its signature proves that the sender holds the key.
   * Problems: certificate_request_invalid.
   */
  issueAgent(options: {
    readonly name: string;
    readonly requestPem: string;
    readonly nowMs: number;
  }): Promise<Result<{ readonly certificatePem: string; readonly notAfterMs: number }>>;
};

export async function createAuthority(nowMs: number): Promise<CertifiedKey> {
  const keys = await createKeyPair();
  const validity = { notBeforeMs: nowMs, notAfterMs: nowMs + AUTHORITY_MS };
  const certificate = await issueAuthorityCertificate(keys, validity);
  return { certificatePem: renderPem(certificate), keyPem: renderPrivateKey(keys.privateKey) };
}

export async function openAuthority({ certificatePem, keyPem }: CertifiedKey): Promise<Authority> {
  const issuer: Issuer = {
    certificate: new X509Certificate(certificatePem),
    key: await readPrivateKey(keyPem),
  };
  return {
    caPem: certificatePem,
    pin: renderPin(certificatePem),
    issueServer: async ({ hosts, nowMs }) => {
      const issued = await issueWithNewKey(issuer, {
        commonName: "stickfarm controller",
        names: serverNames(hosts),
        usage: ExtendedKeyUsage.serverAuth,
        notBeforeMs: nowMs,
        notAfterMs: nowMs + SERVER_MS,
      });
      return { ...issued, certificatePem: `${issued.certificatePem}${certificatePem}` };
    },
    issueOperator: async ({ name, nowMs }) =>
      await issueWithNewKey(issuer, {
        ...clientProfile(name, renderIdentityUri({ role: "operator", name })),
        notBeforeMs: nowMs,
        notAfterMs: nowMs + OPERATOR_MS,
      }),
    issueAgent: async ({ name, requestPem, nowMs }) => {
      const request = await parseRequest(requestPem);
      if (!request.ok) return request;
      const certificate = await issueCertificate(issuer, {
        ...clientProfile(name, renderIdentityUri({ role: "agent", name })),
        publicKey: request.value.publicKey,
        notBeforeMs: nowMs,
        notAfterMs: nowMs + AGENT_MS,
      });
      return ok({
        certificatePem: renderPem(certificate),
        notAfterMs: certificate.notAfter.getTime(),
      });
    },
  };
}

/** SHA-256 of the certificate's public key (SPKI), base64url. */
export function renderPin(certificatePem: string): string {
  const key = new NodeCertificate(certificatePem).publicKey;
  const spki = key.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64url");
}

/** What a server certificate answers to: always this machine, and the hosts that it listens on. */
export function serverNames(hosts: readonly string[]): JsonGeneralNames {
  const all = [...new Set([CONTROLLER_HOST, "localhost", "127.0.0.1", "::1", ...hosts])];
  return [
    { type: "url", value: CONTROLLER_URI },
    ...all.map((host) => ({
      type: isIP(host) === 0 ? ("dns" as const) : ("ip" as const),
      value: host,
    })),
  ];
}

function clientProfile(name: string, uri: string) {
  return {
    commonName: name,
    names: [{ type: "url" as const, value: uri }],
    usage: ExtendedKeyUsage.clientAuth,
  };
}

async function issueWithNewKey(
  issuer: Issuer,
  profile: Omit<Parameters<typeof issueCertificate>[1], "publicKey">,
): Promise<CertifiedKey> {
  const keys: webcrypto.CryptoKeyPair = await createKeyPair();
  const certificate = await issueCertificate(issuer, { ...profile, publicKey: keys.publicKey });
  return { certificatePem: renderPem(certificate), keyPem: renderPrivateKey(keys.privateKey) };
}

async function parseRequest(pem: string): Promise<Result<Pkcs10CertificateRequest>> {
  if (pem.length > REQUEST_LENGTH_MAX) return refuse(`it has ${pem.length} characters`);
  try {
    const request = new Pkcs10CertificateRequest(pem);
    const { name, namedCurve } = { namedCurve: "", ...request.publicKey.algorithm };
    if (name !== "ECDSA" || namedCurve !== "P-256")
      return refuse(`its key is ${name} ${namedCurve}`);
    if (!(await request.verify())) return refuse("its signature is not of its own key");
    return ok(request);
  } catch (cause) {
    return refuse("it cannot be read", cause);
  }
}

function refuse(what: string, cause?: unknown): Result<never> {
  const detail = `Cannot certify the agent's key: ${what}; it must be a signed PKCS #10 request for a P-256 key`;
  return fail({ code: "certificate_request_invalid", detail, cause });
}

function renderPem(certificate: X509Certificate): string {
  return `${certificate.toString("pem").trim()}\n`;
}
