import type { X509Certificate } from "node:crypto";
import { DAY_MS } from "@stickfarm/common/durations";
import type { RuleId } from "@stickfarm/common/media/rule-table";
import type { CertificateFacts } from "@stickfarm/common/media/stick-certificate";
import type { Problem } from "@stickfarm/common/problem";
import type { OpenedPkcs12 } from "./open-pkcs12.ts";

/** A stick takes some time from its build to its first use. */
const LEFT_MS_MIN = DAY_MS;
/** "Maximum key length is 2048": configmgr.md 1.4, of PKI certificate requirements. */
const RSA_BITS_MAX = 2048;
const CHAIN_MAX = 8;
const CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";

export type CertificateDoubt = {
  readonly ruleId: RuleId;
  readonly rule: string;
  readonly remedy: string;
};

/** Why a certificate is of no use on a stick: it has ended, or ends before the stick is likely to be used. */
export function whyDatesUnfit(
  { notBeforeMs, notAfterMs }: CertificateFacts,
  { nowMs, doing }: { readonly nowMs: number; readonly doing: string },
): readonly Problem[] {
  const end = renderInstant(notAfterMs);
  if (notAfterMs <= nowMs) return [unfit(doing, `it expired at ${end}`)];
  if (notAfterMs - nowMs < LEFT_MS_MIN) {
    return [unfit(doing, `it expires at ${end}, it must be good for 24 hours or more`)];
  }
  if (notBeforeMs < notAfterMs) return [];
  return [unfit(doing, "it ends before it begins")];
}

/** Problems: certificate_unfit for each thing that keeps a stick from proving itself with this certificate. */
export function whyUsageUnfit(certificate: X509Certificate, doing: string): readonly Problem[] {
  const usages = certificate.keyUsage ?? [];
  if (usages.includes(CLIENT_AUTHENTICATION)) return [];
  const why = `it is not for client authentication, its extended key usage must hold ${CLIENT_AUTHENTICATION}`;
  return [unfit(doing, why)];
}

/** What may keep a stick from being served, and cannot be known here. */
export function doubtsOf(
  { certificate, others }: OpenedPkcs12,
  roots: readonly X509Certificate[],
): readonly CertificateDoubt[] {
  const bits = certificate.publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  const end = endOfChain(certificate, [...others, ...roots]);
  const isKnown = roots.some(({ fingerprint256 }) => fingerprint256 === end.fingerprint256);
  return [...(bits > RSA_BITS_MAX ? [longKey(bits)] : []), ...(isKnown ? [] : [unknownRoot(end)])];
}

/** The last certificate that can be reached from issuer to issuer; itself when nobody here issued it. */
function endOfChain(first: X509Certificate, issuers: readonly X509Certificate[]): X509Certificate {
  let end = first;
  for (let length = 1; length < CHAIN_MAX; length++) {
    if (end.checkIssued(end)) return end;
    const issuer = issuers.find((one) => end.checkIssued(one) && end.verify(one.publicKey));
    if (issuer === undefined) return end;
    end = issuer;
  }
  return end;
}

function longKey(bits: number): CertificateDoubt {
  return {
    ruleId: "certificate-key-long",
    rule: `has a key of ${bits} bits, sites may take ${RSA_BITS_MAX} at most`,
    remedy: "Have a certificate with a key of 2048 bits issued",
  };
}

function unknownRoot(end: X509Certificate): CertificateDoubt {
  const isRoot = end.checkIssued(end);
  const rule = isRoot
    ? "ends in a root certificate that this machine does not know"
    : "has a chain whose next certificate is neither in the file nor known to this machine";
  return {
    ruleId: "certificate-root-unknown",
    rule,
    remedy: isRoot
      ? "Add the root to the controller's /usr/local/share/ca-certificates, then `update-ca-certificates`"
      : "Export the file with its whole chain",
  };
}

function unfit(doing: string, why: string): Problem {
  return { code: "certificate_unfit", detail: `${doing}: ${why}` };
}

function renderInstant(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
