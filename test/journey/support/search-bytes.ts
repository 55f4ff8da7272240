import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { MIB } from "@stickfarm/common/bytes";

const CHUNK_BYTES = 4 * MIB;

/** The forms in which a text could stand in a file, each with its name. */
export type Needles = ReadonlyMap<string, Buffer>;

export function needlesOf(text: string): Needles {
  const wide = Buffer.from(text, "utf16le");
  return new Map([...formsOfBytes("", Buffer.from(text)), ...formsOfBytes("UTF-16 ", wide)]);
}

/** The same for what is no text, such as a key. */
export function needlesOfBytes(bytes: Buffer): Needles {
  return new Map(formsOfBytes("", bytes));
}

function formsOfBytes(prefix: string, bytes: Buffer): (readonly [string, Buffer])[] {
  const hex = bytes.toString("hex");
  return [
    [`${prefix}plain`, bytes],
    [`${prefix}hex`, Buffer.from(hex)],
    [`${prefix}HEX`, Buffer.from(hex.toUpperCase())],
    [`${prefix}list`, Buffer.from(bytes.join(","))],
    ...[0, 1, 2].map((shift) => [`${prefix}base64+${shift}`, base64Of(bytes, shift)] as const),
  ];
}

/** What is common to all base64 in which the text begins `shift` bytes after a multiple of three. */
function base64Of(bytes: Buffer, shift: number): Buffer {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  return Buffer.from(encoded.slice(shift === 0 ? 0 : shift + 1, -1));
}

/** Names of the forms that are in the bytes. */
export function formsIn(bytes: Buffer, needles: Needles): string[] {
  return [...needles].flatMap(([form, needle]) => (bytes.includes(needle) ? [form] : []));
}

/** "path: form" for each file below a folder in which one of the forms stands. */
export async function searchFiles(folder: string, needles: Needles): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    for (const form of await formsInFile(path, needles)) found.push(`${path}: ${form}`);
  }
  return found;
}

async function formsInFile(path: string, needles: Needles): Promise<ReadonlySet<string>> {
  const overlap = Math.max(...[...needles.values()].map(({ length }) => length)) - 1;
  const forms = new Set<string>();
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    for (let at = 0; at < size; at += CHUNK_BYTES) {
      const chunk = Buffer.alloc(CHUNK_BYTES + overlap);
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      for (const form of formsIn(chunk.subarray(0, bytesRead), needles)) forms.add(form);
    }
  } finally {
    await file.close();
  }
  return forms;
}
