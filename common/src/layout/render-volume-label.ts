const LABEL_CHARACTERS = 11;
/** A space is possible here, unlike in short names, and a dot is not. */
const NOT_IN_LABEL = /[^A-Z0-9$%'\-_@~`!(){}^#& ]/u;

export type VolumeLabel = {
  /** At most 11 characters; "" when nothing is left. */
  readonly label: string;
  /** What a person should know about the way from text to label; empty when they are equal. */
  readonly changes: readonly string[];
};

/**
 * A text as FAT volume label: upper case, accents dropped, "_" for what is not possible, cut after 11 characters.
 *
 * Source: fatgen103 "BS_VolLab" and the characters of short names.
 */
export function renderVolumeLabel(text: string): VolumeLabel {
  const plain = text
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .normalize("NFC");
  const upper = plain.toUpperCase();
  const possible = Array.from(upper, (character) =>
    NOT_IN_LABEL.test(character) ? "_" : character,
  ).join("");
  const label = possible.trim().slice(0, LABEL_CHARACTERS).trimEnd();
  const changes = [
    plain === text.normalize("NFC") ? [] : "accents were dropped",
    upper === plain ? [] : "lower case became upper case",
    possible === upper ? [] : `what a FAT label cannot hold became "_"`,
    possible.trim() === possible ? [] : "spaces at its ends were dropped",
    possible.trim().length <= LABEL_CHARACTERS
      ? []
      : `it was cut after ${LABEL_CHARACTERS} characters`,
  ].flat();
  return { label, changes };
}
