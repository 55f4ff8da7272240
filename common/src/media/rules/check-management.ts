import type { BootableMediaDraft } from "../definition-shape.ts";
import { joinManagementPoints, VARIABLE_VALUE_MAX } from "../environment-limits.ts";
import { type Finding, findingAt } from "../finding.ts";

import type { RuleId } from "../rule-table.ts";

const POINTS_MAX = 32;
const URL_MAX = 256;
const SITE_CODE = /^[A-Z0-9]{3}$/;
const AT = ["spec", "management"];

type Certificate = "selfSigned" | "pkcs12" | "none";

/** Whom the stick contacts first, and whether it may be sent on. */
export function checkManagement({ spec }: BootableMediaDraft): readonly Finding[] {
  const management = spec?.management;
  if (management === undefined) return [];
  const urls = management.managementPoints?.map((point) => point?.url) ?? null;
  return [
    ...checkSiteCode(management.siteCode),
    ...(urls === null ? [] : checkCount(urls.length, management.mode)),
    ...(urls ?? []).flatMap(checkUrl),
    ...checkDuplicates(urls ?? []),
    ...checkJoined(urls ?? [], management.mode),
    ...checkSchemes(urls ?? [], certificateOf(spec?.security?.certificate), management.internet),
    ...(management.mode === "dynamic" && spec?.security?.certificate?.pkcs12 !== undefined
      ? [SAME_ROOT]
      : []),
    ...(management.internet === true
      ? checkInternet(management.mode, urls ?? [], spec?.security?.password !== undefined)
      : []),
  ];
}

const SAME_ROOT = findingAt(
  "dynamic-pkcs12-roots",
  [...AT, "mode"],
  "is dynamic with a PKCS #12 certificate: every site that the stick may be sent to must know the same root",
  "Make sure of it, or write mode: siteBased and one definition for each site",
);

function checkSiteCode(siteCode: string | undefined): readonly Finding[] {
  if (siteCode === undefined || SITE_CODE.test(siteCode)) return [];
  return [
    findingAt(
      "site-code-invalid",
      [...AT, "siteCode"],
      "is not a site code, must be 3 characters of A-Z and 0-9",
      "Write the site's code, such as P01",
    ),
  ];
}

function checkCount(count: number, mode: "dynamic" | "siteBased" | undefined): readonly Finding[] {
  const at = [...AT, "managementPoints"];
  if (count === 0) {
    return [
      findingAt(
        "management-points-empty",
        at,
        "is an empty list, must name a management point",
        "Add - url: ...",
      ),
    ];
  }
  if (mode === "siteBased" && count !== 1) {
    return [
      findingAt(
        "management-site-based-many",
        at,
        `has ${count} management points, must have exactly 1 in mode siteBased`,
        "Keep one, or write mode: dynamic",
      ),
    ];
  }
  if (count <= POINTS_MAX) return [];
  return [
    findingAt(
      "management-points-too-many",
      at,
      `has ${count} management points, at most ${POINTS_MAX} are possible`,
      "Keep those that are contacted first",
    ),
  ];
}

function checkUrl(text: string | undefined, index: number): readonly Finding[] {
  if (text === undefined) return [];
  const url = parseUrl(text);
  const wrong = url === null ? NOT_A_URL : whyNotPoint(url);
  if (wrong === null) return [];
  // The text is not repeated: it may hold a password.
  return [
    findingAt(
      wrong.ruleId,
      urlAt(index),
      wrong.rule,
      "Write it as http://HOST:PORT or https://HOST:PORT",
    ),
  ];
}

type WrongUrl = { readonly ruleId: RuleId; readonly rule: string };

const NOT_A_URL: WrongUrl = {
  ruleId: "management-point-not-url",
  rule: "is no address, must begin with http:// or https:// and name a host",
};

function whyNotPoint(url: URL): WrongUrl | null {
  if (url.protocol !== "http:" && url.protocol !== "https:") return NOT_A_URL;
  if (url.href.includes("*")) {
    const rule = "has a *, which stands between management points where they are joined";
    return { ruleId: "management-point-star", rule };
  }
  if (url.username !== "" || url.password !== "") {
    const rule = "holds a user or a password, must hold a host and a port only";
    return { ruleId: "management-point-credentials", rule };
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    const rule = "goes on after the host, must hold a host and a port only";
    return { ruleId: "management-point-path", rule };
  }
  return null;
}

/** What becomes SMSTSLocationMPs; a variable that is too long is cut by who reads it. */
function checkJoined(
  urls: readonly (string | undefined)[],
  mode: "dynamic" | "siteBased" | undefined,
): readonly Finding[] {
  const { length } = joinManagementPoints(urls.filter((url) => url !== undefined));
  if (mode !== "dynamic" || urls.length > POINTS_MAX || length <= VARIABLE_VALUE_MAX) return [];
  const rule = `has addresses of ${length} characters together, at most ${VARIABLE_VALUE_MAX} are possible`;
  const remedy = "Keep those that are contacted first";
  return [findingAt("management-points-too-long", [...AT, "managementPoints"], rule, remedy)];
}

function checkDuplicates(urls: readonly (string | undefined)[]): readonly Finding[] {
  const seen = new Map<string, number>();
  return urls.flatMap((text, index) => {
    const url = text === undefined ? null : parseUrl(text);
    if (url === null) return [];
    const first = seen.get(url.href);
    if (first === undefined) {
      seen.set(url.href, index);
      return [];
    }
    return [
      findingAt(
        "management-point-repeated",
        urlAt(index),
        `is the same as managementPoints[${first}]`,
        "Remove one of them",
      ),
    ];
  });
}

function checkSchemes(
  urls: readonly (string | undefined)[],
  certificate: Certificate,
  internet: boolean | undefined,
): readonly Finding[] {
  // A cloud gateway is reached by https and takes either certificate.
  const wrongScheme =
    certificate === "pkcs12"
      ? "http:"
      : certificate === "selfSigned" && internet !== true
        ? "https:"
        : null;
  if (wrongScheme === null) return [];
  return urls.flatMap((text, index) => {
    if (text === undefined || parseUrl(text)?.protocol !== wrongScheme) return [];
    const right = wrongScheme === "http:" ? "https" : "http";
    return [
      findingAt(
        right === "http" ? "certificate-needs-http" : "certificate-needs-https",
        urlAt(index),
        `begins with ${wrongScheme}//, must begin with ${right}:// for a ${certificate} certificate`,
        `Write the ${right} address, or choose the other certificate`,
      ),
    ];
  });
}

function checkInternet(
  mode: "dynamic" | "siteBased" | undefined,
  urls: readonly (string | undefined)[],
  hasPassword: boolean,
): readonly Finding[] {
  const at = [...AT, "internet"];
  const plain = urls.some((text) => text !== undefined && parseUrl(text)?.protocol === "http:");
  return [
    ...(mode === "dynamic"
      ? [
          findingAt(
            "internet-dynamic",
            at,
            "is true in mode dynamic, must be siteBased",
            "Write mode: siteBased",
          ),
        ]
      : []),
    ...(plain
      ? [
          findingAt(
            "internet-not-https",
            at,
            "is true with an http:// address, must be https://",
            "Write the https address",
          ),
        ]
      : []),
    ...(hasPassword
      ? []
      : [
          findingAt(
            "internet-no-password",
            at,
            "is true without a media password, must have one",
            "Set spec.security.password.secret",
          ),
        ]),
  ];
}

function certificateOf(
  certificate: { readonly selfSigned?: unknown; readonly pkcs12?: unknown } | undefined,
): Certificate {
  if (certificate?.selfSigned !== undefined) return "selfSigned";
  return certificate?.pkcs12 === undefined ? "none" : "pkcs12";
}

function parseUrl(text: string): URL | null {
  return text.length <= URL_MAX && !/\s/.test(text) && URL.canParse(text) ? new URL(text) : null;
}

function urlAt(index: number): readonly (string | number)[] {
  return [...AT, "managementPoints", index, "url"];
}
