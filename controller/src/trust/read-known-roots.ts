import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import { isErrnoError } from "@stickfarm/common/rim/file-problem";

/** Where Debian's `update-ca-certificates` gathers what this machine trusts, a company's own roots among it. */
const SYSTEM_ROOTS = "/etc/ssl/certs/ca-certificates.crt";
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The roots that Node comes with and those of this machine, which may have none. */
export async function readKnownRoots(path = SYSTEM_ROOTS): Promise<readonly X509Certificate[]> {
  const system = (await readText(path)).match(CERTIFICATE) ?? [];
  return [...rootCertificates, ...system].map((pem) => new X509Certificate(pem));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrnoError(error)) return "";
    throw error;
  }
}
