/** For tests: an archive as `cpio -o -H newc` writes it. */
export function cpioArchive(files: Readonly<Record<string, string>>): Uint8Array {
  const entries = [...Object.entries(files), ["TRAILER!!!", ""] as const];
  const parts = entries.map(([path, text]) => cpioEntry(path, new TextEncoder().encode(text)));
  return concat([...parts, new Uint8Array(100)]);
}

export function cpioEntry(path: string, bytes: Uint8Array): Uint8Array {
  const fields = [1, 0o100644, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, path.length + 1, 0];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}${path}\0`;
  return concat([padded(new TextEncoder().encode(head)), padded(bytes)]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function padded(bytes: Uint8Array): Uint8Array {
  return concat([bytes, new Uint8Array((4 - (bytes.length % 4)) % 4)]);
}
