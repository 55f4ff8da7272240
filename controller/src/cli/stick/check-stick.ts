import { createHash, createPublicKey, verify } from "node:crypto";
import {
  MANIFEST_PATH,
  MANIFEST_SIGNATURE_PATH,
  MEDIA_JSON_PATH,
  SEALED_SETTINGS_PATH,
} from "@stickfarm/common/media/stick-path";
import { listOf, recordOf, textOf } from "./plain.ts";

type Files = ReadonlyMap<string, Uint8Array>;

/** One thing that should agree; `unknown` when there is nothing to compare with. */
export type StickCheck = {
  readonly what: string;
  readonly result: "ok" | "wrong" | "unknown";
  readonly why: string;
};

/**
 * Whether the open part of a stick is what the farm signed, and belongs to what is sealed. `settings` is what was sealed,
 * `null` when nothing is or it was not opened; `farmKeyPem` is the key that the farm signs with.
 */
export function checkStick(
  files: Files,
  { settings, farmKeyPem }: { readonly settings: unknown; readonly farmKeyPem: string | null },
): readonly StickCheck[] {
  return [
    checkSignature(files, farmKeyPem),
    ...checkDigests(files),
    checkBelonging(files, settings),
  ];
}

function checkSignature(files: Files, farmKeyPem: string | null): StickCheck {
  const what = "manifest.sig";
  const manifest = files.get(MANIFEST_PATH);
  const signature = files.get(MANIFEST_SIGNATURE_PATH);
  if (manifest === undefined || signature === undefined) {
    return { what, result: "unknown", why: "there is no signed manifest" };
  }
  if (farmKeyPem === null) return { what, result: "unknown", why: "the farm's key is not at hand" };
  return isSigned(farmKeyPem, manifest, signature)
    ? { what, result: "ok", why: "the farm signed the manifest" }
    : { what, result: "wrong", why: "the farm did not sign this manifest" };
}

/** Ed25519 and nothing else, as the agents verify it. */
export function isSigned(keyPem: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey(keyPem);
  return key.asymmetricKeyType === "ed25519" && verify(null, bytes, key, signature);
}

function checkDigests(files: Files): readonly StickCheck[] {
  const manifest = recordOf(parseJson(files.get(MANIFEST_PATH)));
  const listed = new Map(
    listOf(recordOf(manifest["body"])["files"])
      .map(recordOf)
      .map((file) => [textOf(file["path"]), textOf(recordOf(file["blob"])["sha256"])]),
  );
  return [MEDIA_JSON_PATH, SEALED_SETTINGS_PATH].flatMap((path): StickCheck[] => {
    const bytes = files.get(path);
    const expected = listed.get(path);
    if (bytes === undefined && expected === undefined) return [];
    const what = path.replace(/^.*\//, "");
    if (expected === undefined) {
      return [{ what, result: "unknown", why: "no manifest lists it" }];
    }
    if (bytes === undefined)
      return [{ what, result: "wrong", why: "the manifest lists it, it is gone" }];
    return sha256Of(bytes) === expected
      ? [{ what, result: "ok", why: "it is what the manifest lists" }]
      : [{ what, result: "wrong", why: "it is not what the manifest lists" }];
  });
}

function checkBelonging(files: Files, settings: unknown): StickCheck {
  const what = "sealed part";
  const media = files.get(MEDIA_JSON_PATH);
  const expected = textOf(recordOf(settings)["mediaJsonSha256"]);
  if (media === undefined || expected === "") {
    return { what, result: "unknown", why: "there is nothing to compare it with" };
  }
  return sha256Of(media) === expected
    ? { what, result: "ok", why: "it was sealed with this media.json" }
    : { what, result: "wrong", why: "it was sealed with another media.json" };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** `null` for what is no JSON: the file comes from a stick. */
export function parseJson(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return null;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
