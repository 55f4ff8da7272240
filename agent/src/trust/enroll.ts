import { createPrivateKey, X509Certificate } from "node:crypto";
import { credentials, Metadata } from "@grpc/grpc-js";
import { type AgentToken, parseAgentToken } from "@stickfarm/common/agent-token";
import { parseHostPort } from "@stickfarm/common/host-port";
import { CONTROLLER_HOST } from "@stickfarm/common/identity";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { pinOf } from "@stickfarm/common/rim/certificate-pin";
import { parseProblemStatus } from "@stickfarm/common/wire/problem-status";
import {
  EnrollmentServiceClient,
  type EnrollRequest,
  type EnrollResponse,
} from "@stickfarm/proto/stickfarm/v1/enrollment";
import { createCertificateRequest } from "./create-certificate-request.ts";
import { findPinnedAuthority } from "./find-pinned-authority.ts";
import { type AgentIdentity, loadIdentity, saveIdentity } from "./identity-file.ts";

export type EnrollOptions = {
  readonly dataDirectory: string;
  /** HOST:PORT. */
  readonly controller: string;
  /** As `stickfarm agent token create` printed it. */
  readonly token: string;
  /** A new NATS user key; only its public half is sent. */
  readonly createNatsKey: () => { readonly seed: string; readonly publicKey: string };
};

const CALL_MAX_MS = 15_000;

/**
 * Make this workstation known to a controller, and keep what it answers.
 *
 * The token's secret is sent to nobody but the holder of the authority that the token names. All keys are made here.
 * An agent that is enrolled may enrol again under its own name, with new keys.
 * Problems: usage, token_invalid, pin_mismatch, controller_unreachable, certificate_request_invalid, and those of
 *           writing a file.
 */
export async function enroll(options: EnrollOptions): Promise<Result<AgentIdentity>> {
  const token = parseAgentToken(options.token);
  if (!token.ok) return token;
  const address = parseHostPort(options.controller);
  if (!address.ok) return address;
  const free = await checkName(options.dataDirectory, token.value.name);
  if (!free.ok) return free;
  const caPem = await findPinnedAuthority(address.value, token.value.pin);
  if (!caPem.ok) return caPem;
  const { keyPem, requestPem } = await createCertificateRequest(token.value.name);
  const nats = options.createNatsKey();
  const answer = await callEnroll(options.controller, caPem.value, {
    tokenSecret: token.value.secret,
    certificateRequestPem: requestPem,
    natsPublicKey: nats.publicKey,
  });
  if (!answer.ok) return answer;
  const unfit = whyUnfit(answer.value, token.value, keyPem);
  if (unfit !== null) {
    const detail = `Cannot enrol at "${options.controller}": ${unfit}`;
    return fail({ code: "protocol_unsupported", detail });
  }
  const identity: AgentIdentity = {
    name: token.value.name,
    controller: options.controller,
    caPem: answer.value.caPem,
    certificatePem: answer.value.certificatePem,
    keyPem,
    natsUserJwt: answer.value.natsUserJwt,
    natsSeed: nats.seed,
    signingKeyPem: answer.value.signingKeyPem,
  };
  const saved = await saveIdentity(options.dataDirectory, identity);
  return saved.ok ? ok(identity) : saved;
}

/** A journal belongs to one agent: its results would be reported under another name. */
async function checkName(dataDirectory: string, name: string): Promise<Result<void>> {
  const present = await loadIdentity(dataDirectory);
  if (!present.ok || present.value.name === name) return ok(undefined);
  const detail = `Cannot enrol "${dataDirectory}" as "${name}": it is enrolled as "${present.value.name}"; use another --data`;
  return fail({ code: "usage", detail });
}

async function callEnroll(
  controller: string,
  caPem: string,
  request: EnrollRequest,
): Promise<Result<EnrollResponse>> {
  const channelCredentials = credentials.createSsl(Buffer.from(caPem));
  const client = new EnrollmentServiceClient(controller, channelCredentials, {
    "grpc.ssl_target_name_override": CONTROLLER_HOST,
    // The pinned authority was looked for at this address, not behind a proxy.
    "grpc.enable_http_proxy": 0,
  });
  const deadline = Date.now() + CALL_MAX_MS;
  try {
    return await new Promise((resolve) => {
      client.enroll(request, new Metadata(), { deadline }, (error, response) => {
        resolve(error === null ? ok(response) : fail(parseProblemStatus(error)));
      });
    });
  } finally {
    client.close();
  }
}

/** What would only be noticed at the first session, or at the first order. */
function whyUnfit(answer: EnrollResponse, token: AgentToken, keyPem: string): string | null {
  const ca = parseCertificate(answer.caPem);
  const certificate = parseCertificate(answer.certificatePem);
  if (ca === null || pinOf(ca) !== token.pin) return "it answers with another authority";
  if (!certificate?.verify(ca.publicKey)) return "it answers with a certificate of somebody else";
  if (!certificate.checkPrivateKey(createPrivateKey(keyPem))) {
    return "it answers with a certificate for another key";
  }
  if (answer.agentName !== token.name) return `it knows this agent as "${answer.agentName}"`;
  if (answer.natsUserJwt === "") return "it answers without a NATS credential";
  return answer.signingKeyPem === "" ? "it answers without its signing key" : null;
}

function parseCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    // Text from a peer.
    return null;
  }
}
