import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import type { Problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import { type ByteSource, type ExpandInput, unreadable } from "./byte-source.ts";

/** Names beyond this add nothing to the message. */
const NAMES_MAX = 5;
/** An archive of more entries than this is no packed image. */
const ENTRIES_MAX = 1000;

/** The one file in a zip archive. What macOS puts beside it is passed over, and so are directories. */
export async function* expandZip({ path, doing }: ExpandInput): ByteSource {
  let zip: ZipFile | null = null;
  try {
    zip = await openPromise(path, { autoClose: false });
    const entry = await findOnlyFile(zip, doing);
    if (!entry.ok) return entry.problem;
    return yield* readEntry(zip, entry.value, doing);
  } catch (error) {
    return unreadable(doing, error);
  } finally {
    zip?.close();
  }
}

async function findOnlyFile(zip: ZipFile, doing: string): Promise<Result<Entry>> {
  const files: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (!/\/$|^__MACOSX\//.test(entry.fileName)) files.push(entry);
    if (files.length > ENTRIES_MAX) break;
  }
  const [only] = files;
  if (only !== undefined && files.length === 1) return ok(only);
  const names = files.slice(0, NAMES_MAX).map(({ fileName }) => `"${fileName}"`);
  const more = files.length > NAMES_MAX ? " and more" : "";
  const listed = names.length === 0 ? "no file" : `${names.join(", ")}${more}`;
  return fail({
    code: "archive_unreadable",
    detail: `${doing}: it holds ${listed}, must hold exactly one file, the image`,
  });
}

/** yauzl compares sizes, not checksums. */
async function* readEntry(zip: ZipFile, entry: Entry, doing: string): ByteSource {
  const refusal = whyNotReadable(entry, doing);
  if (refusal !== null) return refusal;
  let checksum = 0;
  const content: AsyncIterable<Uint8Array> = await zip.openReadStreamPromise(entry);
  for await (const bytes of content) {
    checksum = crc32(bytes, checksum);
    yield bytes;
  }
  if (checksum === entry.crc32) return null;
  return unreadable(doing, `checksum of "${entry.fileName}" does not match its content`);
}

function whyNotReadable(entry: Entry, doing: string): Problem | null {
  if (entry.isEncrypted()) {
    return unreadable(doing, `"${entry.fileName}" is encrypted, must be packed without a password`);
  }
  if (!entry.canDecodeFileData()) {
    const method = entry.compressionMethod;
    return unreadable(
      doing,
      `"${entry.fileName}" is packed by method ${method}, must be stored or deflated`,
    );
  }
  return null;
}
