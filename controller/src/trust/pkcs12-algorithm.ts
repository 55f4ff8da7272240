/** What a media certificate's key is: RSA 2048, the most that the reference's boot media take, signed with SHA-256. */
export const MEDIA_KEY_ALGORITHM = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: "SHA-256",
} as const;

/** Kinds of bags, attributes and contents. Source: RFC 7292 appendix D. */
export const OID = {
  data: "1.2.840.113549.1.7.1",
  encryptedData: "1.2.840.113549.1.7.6",
  keyBag: "1.2.840.113549.1.12.10.1.1",
  shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
  certificateBag: "1.2.840.113549.1.12.10.1.3",
  localKeyId: "1.2.840.113549.1.9.21",
  pbes2: "1.2.840.113549.1.5.13",
  pbkdf2: "1.2.840.113549.1.5.12",
} as const;

/** The encryptions of 1996, by RC2, RC4 and 3DES: 1.2.840.113549.1.12.1.1 to .6. */
export const LEGACY_PREFIX = "1.2.840.113549.1.12.1.";
