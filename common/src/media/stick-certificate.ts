import type { Secret } from "../secret.ts";

/** What everybody may know of the certificate that a stick carries. */
export type CertificateFacts = {
  readonly kind: "selfSigned" | "pkcs12";
  /** SHA-1 of the certificate in upper-case hex: what Windows and the site's console know it by. */
  readonly thumbprint: string;
  /** "CN=hq, OU=stickfarm media" */
  readonly subject: string;
  /** Milliseconds since 1970 UTC, in whole seconds. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
};

/** A certificate with its private key, as one PKCS #12 file; it goes into the sealed settings and nowhere else. */
export type StickCertificate = {
  readonly facts: CertificateFacts;
  readonly pfx: Secret;
  readonly pfxPassword: Secret;
};
