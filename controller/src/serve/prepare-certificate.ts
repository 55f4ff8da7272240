import { DAY_MS, MINUTE_MS } from "@stickfarm/common/durations";
import { invariant } from "@stickfarm/common/invariant";
import type { BootableMedia, MediaCertificate } from "@stickfarm/common/media/definition";
import { type Finding, findingAt } from "@stickfarm/common/media/finding";
import type { Library as Names } from "@stickfarm/common/media/library";
import type { StickCertificate } from "@stickfarm/common/media/stick-certificate";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { Secret } from "@stickfarm/common/secret";
import { joinProblems } from "../compile/join-problems.ts";
import { createMediaCertificate } from "../trust/create-media-certificate.ts";
import { importCertificate } from "../trust/import-certificate.ts";
import { whyDatesUnfit } from "../trust/judge-certificate.ts";
import { PKCS12_BYTES_MAX } from "../trust/open-pkcs12.ts";
import type { Farm } from "./farm.ts";

const YEAR_MS = 365 * DAY_MS;
/** A computer whose clock is late by this much can use a stick that was made just now. */
const SKEW_MS = 5 * MINUTE_MS;
const PFX_PASSWORD_BYTES = 24;
const AT = ["spec", "security", "certificate"];

export type PreparedCertificate = {
  /** `null`: the definition asks for none. */
  readonly certificate: StickCertificate | null;
  /** Warnings only. */
  readonly findings: readonly Finding[];
};

/** What is needed of the farm. */
export type CertificateFarm = Pick<Farm, "library" | "nowMs" | "randomBytes"> & {
  readonly store: Pick<Farm["store"], "certificates">;
};

/**
 * The certificate that a definition asks for: a new one for each compilation, or the one that was brought along.
 *
 * Problems: those of importCertificate; certificate_unfit for dates that leave less than a day; content_missing.
 */
export async function prepareCertificate(
  farm: CertificateFarm,
  definition: BootableMedia,
  known: Pick<Names, "contents"> & { readonly secrets: ReadonlyMap<string, Secret> },
): Promise<Result<PreparedCertificate>> {
  const wanted = definition.spec.security.certificate;
  if (wanted === null) return ok({ certificate: null, findings: [] });
  const { name } = definition.metadata;
  if (wanted.kind === "selfSigned") return createOwn(farm, name, wanted);
  const content = known.contents.get(wanted.content)?.body;
  const [file] = content?.kind === "tree" ? content.files : [];
  const password = known.secrets.get(wanted.passwordSecret);
  invariant(file !== undefined && password !== undefined, "what a definition names was looked up");
  const doing = `Cannot use the certificate in content "${wanted.content}"`;
  const bytes = await readFile(farm, file.blob, doing);
  if (!bytes.ok) return bytes;
  const imported = await importCertificate(bytes.value, { password, doing, nowMs: farm.nowMs() });
  if (!imported.ok) return imported;
  const { certificate, doubts } = imported.value;
  const others = await farm.store.certificates.otherMedia(certificate.facts.thumbprint, name);
  const at = [...AT, "pkcs12"];
  const findings = doubts.map(({ ruleId, rule, remedy }) => findingAt(ruleId, at, rule, remedy));
  return ok({ certificate, findings: [...findings, ...reused(at, others)] });
}

async function createOwn(
  farm: CertificateFarm,
  name: string,
  { notBeforeMs, notAfterMs }: Extract<MediaCertificate, { readonly kind: "selfSigned" }>,
): Promise<Result<PreparedCertificate>> {
  const nowMs = farm.nowMs();
  const startMs = notBeforeMs ?? nowMs - SKEW_MS;
  const endMs = notAfterMs ?? (notBeforeMs ?? nowMs) + YEAR_MS;
  const pfxPassword = Secret.ofText(
    Buffer.from(farm.randomBytes(PFX_PASSWORD_BYTES)).toString("base64url"),
  );
  const dates = { notBeforeMs: startMs, notAfterMs: endMs };
  const certificate = await createMediaCertificate({ name, ...dates, pfxPassword });
  const doing = `Cannot make a certificate for "${name}"`;
  const problems = whyDatesUnfit(certificate.facts, { nowMs, doing });
  return problems.length > 0 ? fail(joinProblems(problems)) : ok({ certificate, findings: [] });
}

async function readFile(
  farm: CertificateFarm,
  { sha256, sizeBytes }: { readonly sha256: string; readonly sizeBytes: number },
  doing: string,
): Promise<Result<Uint8Array>> {
  if (sizeBytes > PKCS12_BYTES_MAX) {
    const detail = `${doing}: it has ${sizeBytes} bytes, it must have ${PKCS12_BYTES_MAX} at most`;
    return fail({ code: "certificate_unfit", detail });
  }
  const stream = await farm.library.openRange(sha256, { startByte: 0, endByte: sizeBytes });
  if (!stream.ok) return stream;
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream.value) chunks.push(Buffer.from(chunk));
  return ok(Buffer.concat(chunks));
}

/** Whoever takes the key from one stick has that of the others' as well, and blocking one blocks all. */
function reused(at: Finding["at"], others: readonly string[]): readonly Finding[] {
  if (others.length === 0) return [];
  const rule = `is on the sticks of ${others.join(", ")} already: blocking one blocks all`;
  return [
    findingAt("certificate-reused", at, rule, "Have a certificate issued for each definition"),
  ];
}
