/** Longest name in UTF-16 units. */
export const NAME_UNITS_MAX = 255;

/** Windows opens a device instead of a file of this name, whatever follows a dot. */
const DEVICE_NAME = /^(con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$) *(\.|$)/i;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;
const FORBIDDEN = /["*/:<>?\\|]/;
/** Padding of long names, and half a pair. */
const NOT_A_CHARACTER = /[\uffff\ufffe]|\p{Surrogate}/u;

/**
 * Why FAT, or Windows on FAT, cannot hold this name; `null` when it can.
 *
 * Source: Microsoft, "Naming Files, Paths, and Namespaces"; fatgen103 "FAT Long Directory Entries".
 */
export function whyNotFatName(name: string): string | null {
  if (name === "") return "a name is empty";
  if (name === "." || name === "..") return `"${name}" is not a name`;
  if (name.length > NAME_UNITS_MAX) {
    return `a name has ${name.length} UTF-16 units, at most ${NAME_UNITS_MAX} are possible`;
  }
  if (CONTROL.test(name)) return "a name has a control character";
  const forbidden = FORBIDDEN.exec(name);
  if (forbidden !== null) return `a name has "${forbidden[0]}", which is not possible`;
  if (NOT_A_CHARACTER.test(name)) return "a name has a code that is not a character";
  if (/[. ]$/.test(name)) return "a name ends in a dot or a space";
  if (DEVICE_NAME.test(name)) return "Windows opens a device of this name instead";
  return null;
}

/**
 * Equal for names that one directory cannot hold together.
 *
 * Case is folded as Windows does it, one character to one: "ß" and "SS" differ. Names that are canonically equal
 * (composed or not) count as one, because macOS takes them for one.
 */
export function foldName(name: string): string {
  if (/^[ -~]*$/.test(name)) return name.toUpperCase();
  return Array.from(name.normalize("NFC"), foldCharacter).join("");
}

function foldCharacter(character: string): string {
  const upper = character.toUpperCase();
  return upper.length === character.length ? upper : character;
}
