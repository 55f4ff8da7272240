import { renderCanonicalJson } from "@stickfarm/common/canonical-json";
import type { Content } from "@stickfarm/common/media/content";
import { madeBlobs } from "@stickfarm/common/media/content-blobs";
import type { MediaDefinition, Medium } from "@stickfarm/common/media/definition";
import type { PlacedFinding } from "@stickfarm/common/media/finding";
import type { Library } from "@stickfarm/common/media/library";
import type { Manifest } from "@stickfarm/common/media/manifest";
import { neededContents } from "@stickfarm/common/media/needed-contents";
import { referencesOf } from "@stickfarm/common/media/references";
import { NONCE_BYTES, SALT_BYTES } from "@stickfarm/common/media/seal-header";
import type { CertificateFacts } from "@stickfarm/common/media/stick-certificate";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Secret } from "@stickfarm/common/secret";
import { compileManifest } from "../compile/compile-manifest.ts";
import type { GeneratedFile } from "../compile/generate-files.ts";
import { placeFindings, readDefinition } from "../compile/read-definition.ts";
import { describeMissing } from "../content/describe-missing.ts";
import type { Revision } from "../store/definitions-store.ts";
import type { Farm } from "./farm.ts";
import { findMissing } from "./find-missing.ts";
import { prepareCertificate } from "./prepare-certificate.ts";
import { readLibrary } from "./read-library.ts";
import { splitOversize } from "./split-oversize.ts";

export type CompiledMedia = {
  readonly definition: MediaDefinition;
  /** As it was when this was compiled. */
  readonly library: Library;
  readonly manifest: Manifest;
  /** Canonical JSON: what is signed, stored and sent. */
  readonly manifestBytes: Uint8Array;
  /** Small files that the compiler made; the library must hold them before an agent asks. */
  readonly blobs: readonly GeneratedFile[];
  /** SHA-256 of what is in the manifest and in no content: the controller alone has it. */
  readonly made: readonly string[];
  /** SHA-256 of the raw image; empty when files are laid out. */
  readonly imageSha256: string;
  /** Of the certificate that the stick carries. */
  readonly certificate: CertificateFacts | null;
  readonly warnings: readonly PlacedFinding[];
};

/**
 * Compile a stored revision against the content and the secrets of today.
 *
 * Problems: definition_invalid, when what it names has gone; content_missing, when some of it is on none of the
 *           definition's distribution points, with all of it; store_damaged; those of splitOversize, of
 *           prepareCertificate and of compileManifest.
 */
export async function compileRevision(
  farm: Farm,
  revision: Revision,
  medium: Medium,
): Promise<Result<CompiledMedia>> {
  const library = await readLibrary(farm, revision.yaml);
  const { findings, definition } = readDefinition(revision.yaml, { nowMs: farm.nowMs(), library });
  if (definition === null) return fail(invalid(revision, findings));
  const names = neededContents(definition, library);
  const contents = names.flatMap((name) => library.contents.get(name) ?? []);
  const missing = await findMissing(farm, definition, contents);
  if (missing !== null)
    return fail(describeMissing(`Cannot build "${revision.name}@${revision.revision}"`, missing));
  const { splitWim } = farm;
  const fitting = await splitOversize({ definition, contents, splitWim });
  if (!fitting.ok) return fitting;
  const secrets = await openSecrets(farm, definition);
  if (!secrets.ok) return secrets;
  const prepared =
    definition.kind === "BootableMedia"
      ? await prepareCertificate(farm, definition, { ...library, secrets: secrets.value })
      : ok({ certificate: null, findings: [] });
  if (!prepared.ok) return prepared;
  const { certificate, findings: doubts } = prepared.value;
  const compiled = await compileManifest({
    definition,
    medium,
    revision: revision.revision,
    digest: revision.digest,
    // What does not go onto the stick as it is, such as a certificate's file, is named all the same.
    contents: new Map([...library.contents, ...byName(fitting.value)]),
    secrets: secrets.value,
    taskSequences: library.taskSequences,
    certificate,
    random: { salt: farm.randomBytes(SALT_BYTES), nonce: farm.randomBytes(NONCE_BYTES) },
    // A revision without a password compiles to the same manifest whenever that is.
    nowMs: revision.createdAtMs,
  });
  if (!compiled.ok) return compiled;
  const { manifest, blobs } = compiled.value;
  return ok({
    definition,
    library,
    manifest,
    blobs,
    made: madeBlobs(manifest, contents),
    manifestBytes: Buffer.from(renderCanonicalJson(manifest)),
    imageSha256: manifest.body.kind === "image" ? manifest.body.expanded.sha256 : "",
    certificate: certificate?.facts ?? null,
    warnings: placeFindings(revision.yaml, findings, doubts),
  });
}

function byName(contents: readonly Content[]): ReadonlyMap<string, Content> {
  return new Map(contents.map((content) => [content.name, content]));
}

function invalid(revision: Revision, findings: readonly PlacedFinding[]) {
  const errors = findings.filter(({ severity }) => severity === "error");
  const rules = errors.map(({ line, path, rule }) => `line ${line}: ${path} ${rule}`);
  return {
    code: "definition_invalid",
    detail: `Cannot compile "${revision.name}@${revision.revision}": ${rules.join("; ")}`,
  } as const;
}

async function openSecrets(
  farm: Farm,
  definition: MediaDefinition,
): Promise<Result<ReadonlyMap<string, Secret>>> {
  const opened = new Map<string, Secret>();
  for (const { kind, name } of referencesOf(definition)) {
    if (kind !== "secret") continue;
    const entry = await farm.store.secrets.find(name);
    if (entry === null) continue;
    const secret = farm.secretBox.open({ name, version: entry.version }, entry.sealed);
    if (!secret.ok) return secret;
    opened.set(name, secret.value);
  }
  return ok(opened);
}
