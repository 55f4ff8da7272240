/** What a task sequence variable may hold, in characters. */
export const VARIABLE_VALUE_MAX = 4000;
/** All names and values together, in bytes of UTF-8. */
export const VARIABLES_BYTES_MAX = 8192;

/** SMSTSLocationMPs: in order of first contact, each as it is written. */
export function joinManagementPoints(urls: readonly string[]): string {
  return urls.join("*");
}

/** The one variable among those that the definition's options become that can be long. */
export function contactsOf(urls: readonly string[]) {
  return urls.length === 0 ? [] : [{ name: "SMSTSLocationMPs", value: joinManagementPoints(urls) }];
}

/** What names and values take of the whole environment; what is not known yet takes nothing. */
export function environmentBytes(
  variables: readonly { readonly name?: string | undefined; readonly value?: string | undefined }[],
): number {
  const encoder = new TextEncoder();
  return variables.reduce(
    (sum, { name = "", value = "" }) => sum + encoder.encode(name + value).length,
    0,
  );
}
