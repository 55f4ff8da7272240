import "reflect-metadata";
import { Pkcs10CertificateRequest, type PublicKey } from "@peculiar/x509";
import { fail, ok, type Result } from "@stickfarm/common/result";

/** A P-256 request is about 500 characters. */
const REQUEST_LENGTH_MAX = 8192;

/** A public key whose private half its sender has shown to hold. */
export type ProvenKey = { readonly publicKey: PublicKey };

/**
 * Read the key of a PKCS #10 request. Its subject and extensions are ignored: the controller writes its own.
 *
 * Problems: certificate_request_invalid: not a request, not P-256, or not signed by its own key.
 */
export async function parseCertificateRequest(pem: string): Promise<Result<ProvenKey>> {
  if (pem.length > REQUEST_LENGTH_MAX) return refuse(`it has ${pem.length} characters`);
  try {
    const request = new Pkcs10CertificateRequest(pem);
    const { name, namedCurve } = { namedCurve: "", ...request.publicKey.algorithm };
    if (name !== "ECDSA" || namedCurve !== "P-256") {
      return refuse(`its key is of the kind "${name} ${namedCurve}"`);
    }
    if (!(await request.verify())) return refuse("its signature is not of its own key");
    return ok({ publicKey: request.publicKey });
  } catch (cause) {
    // The parser throws for whatever it cannot read, and the bytes come from a stranger.
    return refuse("it cannot be read", cause);
  }
}

function refuse(what: string, cause?: unknown): Result<never> {
  const detail = `Cannot certify the agent's key: ${what}; it must be a signed PKCS #10 request for a P-256 key`;
  return fail({ code: "certificate_request_invalid", detail, cause });
}
