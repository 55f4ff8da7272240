import type { BootableMedia } from "@stickfarm/common/media/definition";
import {
  contactsOf,
  environmentBytes,
  VARIABLE_VALUE_MAX,
  VARIABLES_BYTES_MAX,
} from "@stickfarm/common/media/environment-limits";
import { whyPasswordWeak } from "@stickfarm/common/media/why-password-weak";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import type { Secret } from "@stickfarm/common/secret";
import { joinProblems } from "./join-problems.ts";

export type SecretVariable = { readonly name: string; readonly value: Secret };

export type SealedParts = {
  readonly password: Secret;
  readonly variables: readonly SecretVariable[];
};

/**
 * What goes into the sealed settings, and the password that seals them; `null` when the definition has no password.
 *
 * Problems: secret_unknown, secret_weak, secret_unusable. None of them holds a value.
 */
export function collectSecrets(
  { spec }: BootableMedia,
  secrets: ReadonlyMap<string, Secret>,
): Result<SealedParts | null> {
  const name = spec.security.passwordSecret;
  if (name === null) return ok(null);
  const password = secrets.get(name);
  const variables: SecretVariable[] = [];
  const problems: Problem[] =
    password === undefined ? [unknown(name)] : checkPassword(name, password);
  for (const variable of spec.variables) {
    if (variable.kind !== "secret") continue;
    const value = secrets.get(variable.secret);
    problems.push(
      ...(value === undefined ? [unknown(variable.secret)] : checkValue(variable.secret, value)),
    );
    if (value !== undefined) variables.push({ name: variable.name, value });
  }
  problems.push(...checkSum(spec, variables));
  if (password === undefined || problems.length > 0) return fail(joinProblems(problems));
  return ok({ password, variables });
}

function checkPassword(name: string, password: Secret): Problem[] {
  const text = password.revealText();
  if (text === null) return [unusable(name, "it is not text in UTF-8, so nobody can type it")];
  const why = whyPasswordWeak(text);
  if (why === null) return [];
  return [{ code: "secret_weak", detail: `Cannot seal with the secret "${name}": ${why}` }];
}

function checkValue(name: string, value: Secret): Problem[] {
  const text = value.revealText();
  if (text === null) return [unusable(name, "a variable must be text in UTF-8")];
  if (text.includes("\0")) return [unusable(name, "a variable cannot hold a zero character")];
  if (text.length <= VARIABLE_VALUE_MAX) return [];
  const why = `it has ${text.length} characters, a variable has at most ${VARIABLE_VALUE_MAX}`;
  return [unusable(name, why)];
}

/** As when the definition was checked, and now with the values of secrets. */
function checkSum(
  { variables, management }: BootableMedia["spec"],
  secret: readonly SecretVariable[],
): Problem[] {
  const own = variables.map((variable) =>
    variable.kind === "plain" ? variable : { name: variable.name },
  );
  const open = environmentBytes([...own, ...contactsOf(management?.managementPoints ?? [])]);
  const bytes = secret.reduce((sum, { value }) => sum + value.byteCount, open);
  if (bytes <= VARIABLES_BYTES_MAX) return [];
  const detail = `Cannot put the variables on the stick: with their secret values they take ${bytes} bytes, at most ${VARIABLES_BYTES_MAX} are possible`;
  return [{ code: "secret_unusable", detail }];
}

function unknown(name: string): Problem {
  return { code: "secret_unknown", detail: `Cannot use the secret "${name}": it is not set` };
}

function unusable(name: string, why: string): Problem {
  return { code: "secret_unusable", detail: `Cannot use the secret "${name}": ${why}` };
}
