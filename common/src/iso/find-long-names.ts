/** What Joliet keeps of a name, in UTF-16 units: its 64 are stretched by all readers. Source: xorriso(1), joliet_long_names. */
const JOLIET_UNITS_MAX = 103;

/** Paths of which Windows, which reads Joliet, sees a name cut short; Linux reads all of it by Rock Ridge. */
export function findLongNames(files: readonly { readonly path: string }[]): readonly string[] {
  return files
    .map(({ path }) => path)
    .filter((path) => path.split("/").some((name) => name.length > JOLIET_UNITS_MAX));
}
