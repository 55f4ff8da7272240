import type { StickCertificate } from "@stickfarm/common/media/stick-certificate";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { Secret } from "@stickfarm/common/secret";
import { describeCertificate } from "./describe-certificate.ts";
import {
  type CertificateDoubt,
  doubtsOf,
  whyDatesUnfit,
  whyUsageUnfit,
} from "./judge-certificate.ts";
import { openPkcs12 } from "./open-pkcs12.ts";
import { readKnownRoots } from "./read-known-roots.ts";

export type ImportOptions = {
  /** Of the PKCS #12 file. */
  readonly password: Secret;
  /** First half of what is said when it fails: "Cannot use the certificate in content "hq-cert"". */
  readonly doing: string;
  /** Milliseconds since 1970 UTC. */
  readonly nowMs: number;
};

export type ImportedCertificate = {
  readonly certificate: StickCertificate;
  readonly doubts: readonly CertificateDoubt[];
};

/**
 * A certificate that was brought along, as a PKCS #12 file: opened, and judged by whether a stick can prove itself by it.
 * The file goes onto the stick as it is.
 *
 * Problems: those of openPkcs12; certificate_unfit with everything that is wrong at once.
 */
export async function importCertificate(
  pfx: Uint8Array,
  { password, doing, nowMs }: ImportOptions,
): Promise<Result<ImportedCertificate>> {
  const opened = await openPkcs12(pfx, { password, doing });
  if (!opened.ok) return opened;
  const facts = describeCertificate("pkcs12", opened.value.certificate.raw);
  const problems: readonly Problem[] = [
    ...whyDatesUnfit(facts, { nowMs, doing }),
    ...whyUsageUnfit(opened.value.certificate, doing),
  ];
  const [first, ...rest] = problems;
  if (first !== undefined) {
    return fail({ ...first, detail: [first, ...rest].map(({ detail }) => detail).join("; ") });
  }
  return ok({
    certificate: { facts, pfx: new Secret(pfx), pfxPassword: password },
    doubts: doubtsOf(opened.value, await readKnownRoots()),
  });
}
