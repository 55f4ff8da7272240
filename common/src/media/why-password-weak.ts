export const PASSWORD_CHARACTERS_MIN = 12;
const DISTINCT_MIN = 5;

/** What a guesser tries first, without digits and signs around it and with "0" for "o" undone. */
const COMMON = new Set([
  "abcdefgh",
  "admin",
  "administrator",
  "changeit",
  "changeme",
  "configmgr",
  "default",
  "iloveyou",
  "letmein",
  "password",
  "passwordpassword",
  "passwort",
  "qwerty",
  "qwertyuiop",
  "qwertz",
  "secret",
  "stickfarm",
  "welcome",
  "wachtwoord",
]);

const LOOKALIKES: Readonly<Record<string, string>> = {
  "@": "a",
  $: "s",
  "0": "o",
  "1": "l",
  "3": "e",
  "5": "s",
};

/**
 * Why this is no password for a stick that may be lost: whoever finds it can guess as long as they like. `null` when
 * nothing speaks against it. The answer holds nothing of the password.
 */
export function whyPasswordWeak(password: string): string | null {
  const characters = Array.from(password);
  if (/\p{Cc}/u.test(password)) return "it has a control character, which nobody can type";
  if (characters.length < PASSWORD_CHARACTERS_MIN) {
    return `it has ${characters.length} characters, at least ${PASSWORD_CHARACTERS_MIN} are needed`;
  }
  const distinct = new Set(characters).size;
  if (distinct < DISTINCT_MIN) {
    return `it repeats ${distinct} characters, at least ${DISTINCT_MIN} different ones are needed`;
  }
  if (isRow(characters)) return "it is a row of neighbouring characters";
  return isCommon(password) ? "it is a common password with something around it" : null;
}

function isRow(characters: readonly string[]): boolean {
  const codes = characters.map((character) => character.codePointAt(0) ?? 0);
  const neighbours = codes.filter((code, index) => Math.abs(code - (codes[index - 1] ?? 0)) === 1);
  return neighbours.length >= characters.length - 2;
}

function isCommon(password: string): boolean {
  const lower = password.toLowerCase();
  return [lower, trimSigns(lower)].some((text) =>
    COMMON.has(trimSigns(Array.from(text, (sign) => LOOKALIKES[sign] ?? sign).join(""))),
  );
}

function trimSigns(text: string): string {
  return text.replace(/^[^a-z@$]+|[^a-z]+$/g, "");
}
