import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Secret } from "@stickfarm/common/secret";
import {
  CertBag,
  Certificate,
  type ContentInfo,
  EncryptedData,
  PBES2Params,
  PBKDF2Params,
  PFX,
  PKCS8ShroudedKeyBag,
  type SafeContents,
} from "pkijs";
import { LEGACY_PREFIX, OID } from "./pkcs12-algorithm.ts";

/** What a PKCS #12 file held: one key, the certificate that belongs to it, and the rest of its chain. */
export type OpenedPkcs12 = {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
  readonly others: readonly X509Certificate[];
};

/** More than a certificate with a long chain takes. */
export const PKCS12_BYTES_MAX = 64 * 1024;
/** A file says how long it takes to open; what takes minutes is refused. OpenSSL and Windows write 2,000 or so. */
const ITERATIONS_MAX = 1_000_000;
const CERTIFICATES_MAX = 16;

/**
 * Open a PKCS #12 file with its password. The file is not believed: its size, its algorithms and how often they are
 * repeated are looked at before they are used.
 *
 * Problems: pkcs12_not_opened for a wrong password; pkcs12_legacy for the encryptions of 1996; certificate_unfit for what
 *           is no such file, has no password, or holds no key, more than one, or none of its certificate.
 * Source:   RFC 7292; the reading itself is pkijs's.
 */
export async function openPkcs12(
  bytes: Uint8Array,
  { password, doing }: { readonly password: Secret; readonly doing: string },
): Promise<Result<OpenedPkcs12>> {
  const plain = Uint8Array.from(password.reveal());
  try {
    const problem = await whyNotTried(bytes, doing);
    if (problem !== null) return fail(problem);
    if (!(await fitsPassword(bytes, plain.buffer))) return await refuseWrong(bytes, doing);
    return await readBags(bytes, { password: plain.buffer, doing });
  } catch (error) {
    // The library throws errors of many kinds for bytes that are not what they should be.
    const words = error instanceof Error ? error.message : String(error);
    return unfit(doing, `it cannot be read as PKCS #12: ${words}`);
  } finally {
    plain.fill(0);
  }
}

/** Anew for each look: the library changes what it has looked at. */
async function parsePfx(bytes: Uint8Array): Promise<PFX> {
  const pfx = PFX.fromBER(Uint8Array.from(bytes).buffer);
  await pfx.parseInternalValues({ checkIntegrity: false, password: new ArrayBuffer(0) });
  return pfx;
}

async function whyNotTried(bytes: Uint8Array, doing: string): Promise<Problem | null> {
  if (bytes.length > PKCS12_BYTES_MAX) return tooLarge(doing);
  const { macData, parsedValue } = await parsePfx(bytes);
  if (macData === undefined) return unprotected(doing);
  if ((macData.iterations ?? 1) > ITERATIONS_MAX) return tooSlow(doing);
  const contents = parsedValue?.authenticatedSafe?.safeContents ?? [];
  const encrypted = contents.filter(({ contentType }) => contentType === OID.encryptedData);
  return whyNotDecrypted(encrypted.map(algorithmOf), doing);
}

type Algorithm = EncryptedData["encryptedContentInfo"]["contentEncryptionAlgorithm"];

function algorithmOf({ content }: ContentInfo): Algorithm {
  return new EncryptedData({ schema: content }).encryptedContentInfo.contentEncryptionAlgorithm;
}

function whyNotDecrypted(algorithms: readonly Algorithm[], doing: string): Problem | null {
  for (const { algorithmId, algorithmParams } of algorithms) {
    if (algorithmId.startsWith(LEGACY_PREFIX)) return legacy(doing);
    if (algorithmId !== OID.pbes2) return unknownAlgorithm(doing, algorithmId);
    const { keyDerivationFunc } = new PBES2Params({ schema: algorithmParams });
    if (keyDerivationFunc.algorithmId !== OID.pbkdf2)
      return unknownAlgorithm(doing, keyDerivationFunc.algorithmId);
    const { iterationCount } = new PBKDF2Params({ schema: keyDerivationFunc.algorithmParams });
    if (iterationCount > ITERATIONS_MAX) return tooSlow(doing);
  }
  return null;
}

async function fitsPassword(bytes: Uint8Array, password: ArrayBuffer): Promise<boolean> {
  try {
    const pfx = PFX.fromBER(Uint8Array.from(bytes).buffer);
    await pfx.parseInternalValues({ checkIntegrity: true, password });
    return true;
  } catch (error) {
    if (error instanceof Error && /[Ii]ntegrity/.test(error.message)) return false;
    throw error;
  }
}

async function refuseWrong(bytes: Uint8Array, doing: string): Promise<Result<never>> {
  if (await fitsPassword(bytes, new ArrayBuffer(0))) return fail(unprotected(doing));
  const detail = `${doing}: the password does not open it`;
  return fail({ code: "pkcs12_not_opened", detail });
}

type Opening = { readonly password: ArrayBuffer; readonly doing: string };

async function readBags(
  bytes: Uint8Array,
  { password, doing }: Opening,
): Promise<Result<OpenedPkcs12>> {
  const safe = (await parsePfx(bytes)).parsedValue?.authenticatedSafe;
  const options = safe?.safeContents.map(() => ({ password })) ?? [];
  await safe?.parseInternalValues({ safeContents: options });
  const contents: readonly { readonly value: SafeContents }[] =
    safe?.parsedValue?.safeContents ?? [];
  const bags = contents.flatMap(({ value }) => value.safeBags);
  if (bags.some(({ bagId }) => bagId === OID.keyBag)) return fail(unprotected(doing));
  const shrouded = bags.flatMap(({ bagValue }) =>
    bagValue instanceof PKCS8ShroudedKeyBag ? [bagValue] : [],
  );
  const certificates = bags.flatMap(({ bagValue }) =>
    bagValue instanceof CertBag && bagValue.parsedValue instanceof Certificate
      ? [new X509Certificate(Buffer.from(bagValue.parsedValue.toSchema().toBER(false)))]
      : [],
  );
  const [bag] = shrouded;
  if (bag === undefined || shrouded.length > 1) {
    return unfit(doing, `it holds ${shrouded.length} private keys, it must hold one`);
  }
  if (certificates.length > CERTIFICATES_MAX) {
    return unfit(doing, `it holds more than ${CERTIFICATES_MAX} certificates`);
  }
  const shroudedKey = Buffer.from(bag.toSchema().toBER(false));
  const problem = whyNotDecrypted([bag.encryptionAlgorithm], doing);
  if (problem !== null) return fail(problem);
  // A shrouded bag is an EncryptedPrivateKeyInfo, which OpenSSL decrypts.
  const key = createPrivateKey({
    key: shroudedKey,
    format: "der",
    type: "pkcs8",
    passphrase: Buffer.from(password),
  });
  return joinKey(key, certificates, doing);
}

function joinKey(
  key: KeyObject,
  certificates: readonly X509Certificate[],
  doing: string,
): Result<OpenedPkcs12> {
  const certificate = certificates.find((one) => one.checkPrivateKey(key));
  if (certificate === undefined) return unfit(doing, "it holds no certificate of its private key");
  return ok({ key, certificate, others: certificates.filter((one) => one !== certificate) });
}

function unfit(doing: string, why: string): Result<never> {
  return fail({ code: "certificate_unfit", detail: `${doing}: ${why}` });
}

function unprotected(doing: string): Problem {
  const why = "its private key has no password, it must have one";
  return { code: "certificate_unfit", detail: `${doing}: ${why}` };
}

function legacy(doing: string): Problem {
  const why = "it is encrypted by RC2, RC4 or 3DES, it must be by AES";
  return { code: "pkcs12_legacy", detail: `${doing}: ${why}` };
}

function unknownAlgorithm(doing: string, algorithmId: string): Problem {
  const why = `it is encrypted by the algorithm ${algorithmId}, it must be by AES under PBKDF2`;
  return { code: "pkcs12_legacy", detail: `${doing}: ${why}` };
}

function tooLarge(doing: string): Problem {
  const why = `it has more than ${PKCS12_BYTES_MAX} bytes`;
  return { code: "certificate_unfit", detail: `${doing}: ${why}` };
}

function tooSlow(doing: string): Problem {
  const why = `its key derivation is repeated more than ${ITERATIONS_MAX} times`;
  return { code: "certificate_unfit", detail: `${doing}: ${why}` };
}
