/** What the first, and a few later, kilobytes of a volume say; never more than was asked for, and perhaps less. */
export function holdsAt(bytes: Uint8Array, at: number, magic: string | readonly number[]): boolean {
  const wanted = typeof magic === "string" ? [...magic].map((one) => one.charCodeAt(0)) : magic;
  return at + wanted.length <= bytes.length && wanted.every((byte, i) => bytes[at + i] === byte);
}

/** Numbers of bytes that may end anywhere: what is not there is 0. */
export function numberAt(bytes: Uint8Array, at: number, lengthBytes: number): number {
  let value = 0;
  for (let index = lengthBytes - 1; index >= 0; index -= 1)
    value = value * 256 + (bytes[at + index] ?? 0);
  return value;
}

export function textAt(
  bytes: Uint8Array,
  at: number,
  {
    lengthBytes,
    encoding = "utf-8",
  }: { readonly lengthBytes: number; readonly encoding?: "utf-8" | "utf-16le" },
): string {
  return new TextDecoder(encoding).decode(bytes.subarray(at, at + lengthBytes));
}
