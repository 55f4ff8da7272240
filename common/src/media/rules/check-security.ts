import type { UserDeviceAffinity } from "../definition.ts";
import type { BootableMediaDraft } from "../definition-shape.ts";
import { type Finding, type FindingPath, findingAt } from "../finding.ts";
import type { Library } from "../library.ts";
import { isSecretName } from "../name.ts";

const AT = ["spec", "security"];

/** What a stick that asks for no password gives away, and what it may do to computers nobody knows. */
export function checkSecurity({ spec }: BootableMediaDraft): readonly Finding[] {
  const security = spec?.security;
  const { management } = spec ?? {};
  const variables = spec?.customization?.variables ?? [];
  const holdsSettings =
    management !== undefined || spec?.customization?.prestart !== undefined || variables.length > 0;
  // Both refuse the lack of a password, which is more than to warn of it.
  const isRefused =
    management?.internet === true || variables.some((variable) => variable?.secret !== undefined);
  const servesUnknown = security?.unknownComputers === true;
  return [
    ...checkSecretName([...AT, "password", "secret"], security?.password?.secret),
    ...(security?.password === undefined && holdsSettings && !isRefused ? [NO_PASSWORD] : []),
    ...(servesUnknown ? [spec?.unattended === true ? MAY_WIPE : UNKNOWN_COMPUTERS] : []),
    ...checkAffinity(security?.userDeviceAffinity, variables),
  ];
}

/** Whoever finds the stick can guess as long as they like. Nothing of the secret is in what is found. */
export function checkPasswordStrength(
  { spec }: BootableMediaDraft,
  library: Library | null,
): readonly Finding[] {
  const name = spec?.security?.password?.secret;
  const why = name === undefined ? undefined : library?.weakSecrets.get(name);
  if (why === undefined) return [];
  return [
    findingAt(
      "password-weak",
      [...AT, "password", "secret"],
      `names a secret that is no media password: ${why}`,
      "Set a longer one with `stickfarm secret set NAME`",
    ),
  ];
}

/** The text is not repeated: a secret itself may have been written where its name belongs. */
export function checkSecretName(at: FindingPath, name: string | undefined): readonly Finding[] {
  if (name === undefined || isSecretName(name)) return [];
  return [
    findingAt(
      "secret-name-invalid",
      at,
      "is not the name of a secret, must be 1 to 127 of a-z, 0-9, - and /, beginning and ending with a letter or digit",
      "Write the name that `stickfarm secret set NAME` was given, never the value",
    ),
  ];
}

const NO_PASSWORD = findingAt(
  "password-missing",
  AT,
  "has no password: whoever finds the stick can read and use its settings",
  "Set spec.security.password.secret",
);

const UNKNOWN_COMPUTERS = findingAt(
  "unknown-computers",
  [...AT, "unknownComputers"],
  "is true: computers without a record get what is assigned to unknown ones",
  "Leave it out unless new computers are meant",
);

const MAY_WIPE = findingAt(
  "unattended-unknown-computers",
  ["spec", "unattended"],
  "is true with security.unknownComputers: a computer may be wiped without a question",
  "Write unattended: false, or unknownComputers: false",
);

/** What SMSTSAssignUsersMode says of each choice. */
export const AFFINITY_MODES: Readonly<Record<UserDeviceAffinity, string>> = {
  none: "Disabled",
  pendingApproval: "Pending",
  autoApproval: "Auto",
};

/** When variable and option differ, the computer sets no affinity at all. */
function checkAffinity(
  affinity: UserDeviceAffinity = "none",
  variables: readonly (
    | { readonly name?: string | undefined; readonly value?: string | undefined }
    | undefined
  )[],
): readonly Finding[] {
  return variables.flatMap((variable, index) => {
    if (variable?.name?.toLowerCase() !== "smstsassignusersmode") return [];
    if (variable.value?.toLowerCase() === AFFINITY_MODES[affinity].toLowerCase()) return [];
    return [
      findingAt(
        "affinity-differs",
        ["spec", "customization", "variables", index],
        `sets SMSTSAssignUsersMode, must be ${AFFINITY_MODES[affinity]} as userDeviceAffinity is ${affinity}`,
        `Write value: ${AFFINITY_MODES[affinity]}, or remove the variable`,
      ),
    ];
  });
}
