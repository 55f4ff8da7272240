import type { LoaderSignature } from "@stickfarm/common/media/boot-image-facts";
import * as asn1js from "asn1js";
import { type Certificate, ContentInfo, SignedData } from "pkijs";
import { listPkcs7 } from "../parse/parse-pe-head.ts";

const COMMON_NAME = "2.5.4.3";

/**
 * Who signed an EFI program, by its certificate table, and whether what they signed is the program of this digest. What
 * cannot be read is left out: the firmware would not accept it either.
 *
 * Units:  `sha256` is lower-case hex, over what Authenticode covers.
 * Source: Windows Authenticode Portable Executable Signature Format, "SpcIndirectDataContent".
 */
export function readSignatures(table: Uint8Array, sha256: string): readonly LoaderSignature[] {
  return listPkcs7(table).flatMap((bytes) => {
    const signed = readSignedData(bytes);
    if (signed === null) return [];
    const digests = digestOf(signed);
    return signed.signerInfos.flatMap(({ sid }) => {
      const certificate = signed.certificates
        ?.filter((item): item is Certificate => "serialNumber" in item && "issuer" in item)
        .find(
          ({ serialNumber, issuer }) =>
            serialNumber.isEqual(sid.serialNumber) && issuer.isEqual(sid.issuer),
        );
      if (certificate === undefined) return [];
      const signer = commonName(certificate.subject);
      return [
        { signer, authority: commonName(certificate.issuer), coversFile: digests === sha256 },
      ];
    });
  });
}

function readSignedData(bytes: Uint8Array): SignedData | null {
  try {
    const { content } = ContentInfo.fromBER(new Uint8Array(bytes).buffer);
    return new SignedData({ schema: content });
  } catch {
    // The library throws for whatever is not in the form.
    return null;
  }
}

/** SpcIndirectDataContent is a sequence of data and DigestInfo, which is a sequence of algorithm and digest. */
function digestOf({ encapContentInfo }: SignedData): string {
  const content: unknown = encapContentInfo.eContent;
  const [, info] = itemsOf(content);
  const [, digest] = itemsOf(info);
  if (!(digest instanceof asn1js.OctetString)) return "";
  return Buffer.from(digest.valueBlock.valueHexView).toString("hex");
}

function itemsOf(block: unknown): readonly unknown[] {
  return block instanceof asn1js.Sequence ? block.valueBlock.value : [];
}

function commonName({ typesAndValues }: Certificate["subject"]): string {
  const name = typesAndValues.find(({ type }) => type === COMMON_NAME);
  const text: unknown = name?.value.valueBlock.value;
  return typeof text === "string" ? text : "";
}
