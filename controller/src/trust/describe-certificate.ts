import "reflect-metadata";
import { createHash } from "node:crypto";
import { X509Certificate } from "@peculiar/x509";
import type { CertificateFacts } from "@stickfarm/common/media/stick-certificate";
import { escapeUnsafe } from "@stickfarm/common/sanitize-text";

const SUBJECT_MAX = 200;

/** What a certificate says of itself. Shape: `der` is one that the X.509 library has read before. */
export function describeCertificate(
  kind: CertificateFacts["kind"],
  der: Uint8Array,
): CertificateFacts {
  const { subject, notBefore, notAfter } = new X509Certificate(der);
  return {
    kind,
    thumbprint: createHash("sha1").update(der).digest("hex").toUpperCase(),
    // It comes from a file and goes to terminals.
    subject: escapeUnsafe(subject).slice(0, SUBJECT_MAX),
    notBeforeMs: notBefore.getTime(),
    notAfterMs: notAfter.getTime(),
  };
}
