/**
 * Every entry of a FAT directory has a name of 8 + 3 characters, unique in its directory. A name that is one already,
 * but for case, keeps it. Any other gets what is left of it plus a number: "Long file name.txt" becomes
 * "LONGFI~1.TXT", and with a thousand of them "LON~1000.TXT".
 *
 * Source: fatgen103, "The Basis-Name Generation Algorithm" and "The Numeric-Tail Generation Algorithm".
 */

const BASE_CHARACTERS = 8;
const EXTENSION_CHARACTERS = 3;
const PLAIN_NAME = /^[A-Z0-9$%'\-_@~`!(){}^#&]{1,8}(\.[A-Z0-9$%'\-_@~`!(){}^#&]{1,3})?$/;
const NOT_SHORT = /[^A-Z0-9$%'\-_@~`!(){}^#&]/gu;

/** Whether the name needs no long name beside its short one. */
export function isShortName(name: string): boolean {
  return PLAIN_NAME.test(name);
}

/**
 * The short names of one directory's entries, in their order, as "BASE.EXT".
 *
 * Shape: `names` are valid and no two differ only in case.
 */
export function shortNames(names: readonly string[]): readonly string[] {
  const plain = names.map((name) => (PLAIN_NAME.test(upper(name)) ? upper(name) : null));
  const taken = new Set(plain);
  const nextTails = new Map<string, number>();
  return names.map((name, index) => plain[index] ?? numbered(basisOf(name), taken, nextTails));
}

type Basis = { readonly base: string; readonly extension: string };

function numbered(
  { base, extension }: Basis,
  taken: Set<string | null>,
  nextTails: Map<string, number>,
): string {
  const basis = `${base}${extension}`;
  for (let tail = nextTails.get(basis) ?? 1; ; tail++) {
    const suffix = `~${tail}`;
    const name = base.slice(0, BASE_CHARACTERS - suffix.length) + suffix + extension;
    if (taken.has(name)) continue;
    taken.add(name);
    nextTails.set(basis, tail + 1);
    return name;
  }
}

function basisOf(name: string): Basis {
  const packed = name.replaceAll(" ", "").replace(/^\.+/, "");
  const dot = packed.lastIndexOf(".");
  const [stem, extension] = dot < 0 ? [packed, ""] : [packed.slice(0, dot), packed.slice(dot + 1)];
  const base = allowed(stem.replaceAll(".", "")).slice(0, BASE_CHARACTERS - 2);
  const suffix = allowed(extension).slice(0, EXTENSION_CHARACTERS);
  return { base, extension: suffix === "" ? "" : `.${suffix}` };
}

function allowed(text: string): string {
  return upper(text).replace(NOT_SHORT, "_");
}

/** Only ASCII: what a letter beyond it becomes depends on the code page of whoever reads the stick. */
function upper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
