import { OctetString } from "asn1js";
import {
  Attribute,
  AuthenticatedSafe,
  CertBag,
  Certificate,
  PFX,
  PKCS8ShroudedKeyBag,
  PrivateKeyInfo,
  SafeBag,
  SafeContents,
} from "pkijs";
import { OID } from "./pkcs12-algorithm.ts";

export type Pkcs12Parts = {
  /** X.509, DER. */
  readonly certificate: ArrayBuffer;
  /** PKCS #8, DER. */
  readonly key: ArrayBuffer;
  readonly password: ArrayBuffer;
};

/** Of OpenSSL 3; Windows takes them from version 1709 on. The file lies in settings that are sealed far more dearly. */
const ITERATIONS = 2048;

/**
 * A certificate and its key as a PKCS #12 file: AES-256, PBKDF2 and HMAC with SHA-256.
 *
 * Source: RFC 7292; the algorithms are those of `openssl pkcs12 -export` without options.
 */
export async function renderPkcs12({ certificate, key, password }: Pkcs12Parts): Promise<Buffer> {
  const how = {
    password,
    contentEncryptionAlgorithm: { name: "AES-CBC", length: 256 },
    hmacHashAlgorithm: "SHA-256",
    iterationCount: ITERATIONS,
  };
  const keyBag = new PKCS8ShroudedKeyBag({ parsedValue: PrivateKeyInfo.fromBER(key) });
  await keyBag.makeInternalValues(how);
  const certificateBag = new CertBag({ parsedValue: Certificate.fromBER(certificate) });
  const safe = new AuthenticatedSafe({
    parsedValue: {
      safeContents: [
        { privacyMode: 0, value: safeOf(OID.shroudedKeyBag, keyBag) },
        { privacyMode: 1, value: safeOf(OID.certificateBag, certificateBag) },
      ],
    },
  });
  await safe.makeInternalValues({ safeContents: [{}, how] });
  const pfx = new PFX({ parsedValue: { integrityMode: 0, authenticatedSafe: safe } });
  await pfx.makeInternalValues({
    password,
    iterations: ITERATIONS,
    pbkdf2HashAlgorithm: "SHA-256",
    hmacHashAlgorithm: "SHA-256",
  });
  return Buffer.from(pfx.toSchema().toBER(false));
}

/** Windows joins a key to its certificate by this attribute: any value, the same on both. */
function safeOf(bagId: string, bagValue: PKCS8ShroudedKeyBag | CertBag): SafeContents {
  const id = new OctetString({ valueHex: Uint8Array.of(1) });
  const bagAttributes = [new Attribute({ type: OID.localKeyId, values: [id] })];
  return new SafeContents({ safeBags: [new SafeBag({ bagId, bagValue, bagAttributes })] });
}
