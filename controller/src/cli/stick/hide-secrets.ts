import { listOf, recordOf } from "./plain.ts";

export const HIDDEN = "(hidden, see --reveal)";

/** Sealed settings without the values that are secret for themselves: variables that are marked so, and the private key. */
export function hideSecrets(settings: unknown): Readonly<Record<string, unknown>> {
  const plain = recordOf(settings);
  const certificate = recordOf(plain["certificate"]);
  return {
    ...plain,
    ...("environment" in plain
      ? { environment: listOf(plain["environment"]).map(recordOf).map(hideVariable) }
      : {}),
    ...(Object.keys(certificate).length === 0
      ? {}
      : { certificate: { ...certificate, pfx: HIDDEN, pfxPassword: HIDDEN } }),
  };
}

function hideVariable(variable: Readonly<Record<string, unknown>>) {
  return variable["secret"] === true ? { ...variable, value: HIDDEN } : variable;
}
