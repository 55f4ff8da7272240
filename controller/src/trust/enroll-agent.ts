import { fail, ok, type Result } from "@stickfarm/common/result";
import { hashTokenSecret } from "./agent-token.ts";
import type { Authority } from "./create-authority.ts";
import { parseCertificateRequest } from "./parse-certificate-request.ts";

/** Where tokens wait for their agent. */
export type TokenStore = {
  /**
   * Use a token up: of any number of calls with one hash, one succeeds.
   *
   * Problems: token_invalid when it is unknown, expired at `nowMs`, or used.
   */
  consume(hash: string, nowMs: number): Promise<Result<{ readonly name: string }>>;
};

/** Gives an agent's NATS key its rights. Problems: certificate_request_invalid. */
export type IssueNatsUser = (user: {
  readonly name: string;
  readonly publicKey: string;
  readonly expiresAtMs: number;
}) => Promise<Result<string>>;

export type Enrolment = {
  readonly agentName: string;
  readonly certificatePem: string;
  readonly caPem: string;
  readonly natsUserJwt: string;
  readonly signingKeyPem: string;
};

/** Source: NATS nkeys: "U" and 35 bytes in base32. */
const NATS_USER_KEY = /^U[A-Z2-7]{55}$/;

/**
 * Make an agent known: certificate and NATS credential for the keys that it made itself, under the name in the token.
 *
 * What the agent sent is looked at before the token is used up.
 * Problems: certificate_request_invalid, token_invalid.
 */
export async function enrollAgent(
  trust: {
    readonly authority: Authority;
    readonly tokens: TokenStore;
    readonly issueNatsUser: IssueNatsUser;
    readonly signingKeyPem: string;
  },
  request: {
    readonly tokenSecret: string;
    readonly certificateRequestPem: string;
    readonly natsPublicKey: string;
  },
  nowMs: number,
): Promise<Result<Enrolment>> {
  const key = await parseCertificateRequest(request.certificateRequestPem);
  if (!key.ok) return key;
  if (!NATS_USER_KEY.test(request.natsPublicKey)) return refuseNatsKey();
  const token = await trust.tokens.consume(hashTokenSecret(request.tokenSecret), nowMs);
  if (!token.ok) return token;
  const { name } = token.value;
  const issued = await trust.authority.issueAgent({ name, key: key.value, nowMs });
  const natsUser = await trust.issueNatsUser({
    name,
    publicKey: request.natsPublicKey,
    expiresAtMs: issued.notAfterMs,
  });
  if (!natsUser.ok) return natsUser;
  return ok({
    agentName: name,
    certificatePem: issued.certificatePem,
    caPem: trust.authority.caPem,
    natsUserJwt: natsUser.value,
    signingKeyPem: trust.signingKeyPem,
  });
}

function refuseNatsKey(): Result<never> {
  const detail = "Cannot enrol the agent: its NATS key must be a public user key, 56 characters";
  return fail({ code: "certificate_request_invalid", detail });
}
