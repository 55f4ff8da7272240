import { DAY_MS } from "../../durations.ts";
import type { BootableMediaDraft } from "../definition-shape.ts";
import { type Finding, findingAt } from "../finding.ts";
import { checkName } from "./check-metadata.ts";
import { checkSecretName } from "./check-security.ts";

const YEAR_MS = 365 * DAY_MS;
const LONG_MS = 2 * YEAR_MS + DAY_MS;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const AT = ["spec", "security", "certificate"];

/** The client certificate of the stick: self-signed with its dates, or brought along. */
export function checkCertificate({ spec }: BootableMediaDraft, nowMs: number): readonly Finding[] {
  const certificate = spec?.security?.certificate;
  if (certificate === undefined) return [];
  const { selfSigned, pkcs12 } = certificate;
  const count = [selfSigned, pkcs12].filter((choice) => choice !== undefined).length;
  return [
    ...(count === 1
      ? []
      : [
          findingAt(
            "certificate-not-one",
            AT,
            `holds ${count} of selfSigned and pkcs12, must hold exactly one`,
            "Write one of the two",
          ),
        ]),
    ...(spec?.security?.password === undefined ? [NOT_SEALED] : []),
    ...(selfSigned === undefined ? [] : checkDates(selfSigned, nowMs)),
    ...(pkcs12?.content === undefined
      ? []
      : checkName([...AT, "pkcs12", "content"], pkcs12.content)),
    ...checkSecretName([...AT, "pkcs12", "passwordSecret"], pkcs12?.passwordSecret),
  ];
}

const NOT_SEALED = findingAt(
  "certificate-not-sealed",
  AT,
  "needs a password: its private key lies in the sealed settings only",
  "Set spec.security.password.secret",
);

type Dates = { readonly notBefore?: string | undefined; readonly notAfter?: string | undefined };

function checkDates({ notBefore, notAfter }: Dates, nowMs: number): readonly Finding[] {
  const wrong = Object.entries({ notBefore, notAfter }).flatMap(([key, text]) =>
    text === undefined || instantOf(text) !== null ? [] : [notAnInstant(key)],
  );
  if (wrong.length > 0) return wrong;
  const startMs = notBefore === undefined ? nowMs : (instantOf(notBefore) ?? nowMs);
  const endMs = notAfter === undefined ? startMs + YEAR_MS : (instantOf(notAfter) ?? nowMs);
  return checkSpan(startMs, endMs, nowMs);
}

function checkSpan(startMs: number, endMs: number, nowMs: number): readonly Finding[] {
  const start = [...AT, "selfSigned", "notBefore"];
  const end = [...AT, "selfSigned", "notAfter"];
  const findings: Finding[] = [];
  if (endMs <= startMs) {
    findings.push(
      findingAt(
        "certificate-ends-before-start",
        end,
        "is not after notBefore, must be",
        "Write a later notAfter",
      ),
    );
  } else if (endMs <= nowMs) {
    findings.push(
      findingAt(
        "certificate-expired",
        end,
        "is in the past, must be in the future",
        "Write a later notAfter",
      ),
    );
  }
  if (endMs - startMs > LONG_MS) {
    findings.push(
      findingAt(
        "certificate-long",
        end,
        "is more than 2 years after notBefore",
        "Write an earlier notAfter",
      ),
    );
  }
  if (startMs > nowMs) {
    findings.push(
      findingAt(
        "certificate-not-yet-valid",
        start,
        "is in the future: the stick is of no use before",
        "Write an earlier date",
      ),
    );
  }
  return findings;
}

function notAnInstant(key: string): Finding {
  return findingAt(
    "certificate-date-invalid",
    [...AT, "selfSigned", key],
    "is no instant, must be a date and a time of UTC",
    "Write it as 2027-12-01T00:00:00Z",
  );
}

/** Milliseconds since 1970 UTC; `null` when the text is no instant of a day that exists. */
export function instantOf(text: string): number | null {
  const instantMs = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(instantMs)) return null;
  // 30 February is taken for 2 March otherwise.
  return new Date(instantMs).toISOString().startsWith(text.slice(0, 10)) ? instantMs : null;
}
