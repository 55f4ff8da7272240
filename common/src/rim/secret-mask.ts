import { Writable } from "node:stream";
import type { Secret } from "../secret.ts";

/**
 * Takes the values of secrets out of every text that leaves a process for people: logs, error texts, answers that say why.
 * A `Secret` shows nothing by itself; this is for values that somebody else repeats, such as a library in its error.
 */
export type SecretMask = {
  /** From now on no text shows this value, nor one of its usual forms. */
  readonly learn: (secret: Secret) => void;
  readonly apply: (text: string) => string;
};

const HIDDEN = "[secret]";
/** The oldest value is forgotten for one more: a definition has at most a few dozen. */
const VALUES_MAX = 256;
/** A shorter value is part of many words; a short one is looked for as it is, its other forms are too short. */
const VALUE_BYTES_MIN = 4;
const FORMS_BYTES_MIN = 6;
/** As many as `secret set` takes. */
const VALUE_BYTES_MAX = 4096;

export function createSecretMask(): SecretMask {
  const known = new Map<string, readonly string[]>();
  let needles: readonly string[] = [];
  return {
    learn: (secret) => {
      if (secret.byteCount < VALUE_BYTES_MIN || secret.byteCount > VALUE_BYTES_MAX) return;
      const value = Buffer.from(secret.reveal());
      const name = value.toString("latin1");
      if (known.has(name)) return;
      known.set(name, formsOf(value));
      const [oldest] = known.keys();
      if (known.size > VALUES_MAX && oldest !== undefined) known.delete(oldest);
      // The longest first: a form may be part of another.
      needles = [...known.values()].flat().sort((one, other) => other.length - one.length);
    },
    apply: (text) =>
      needles.reduce(
        (masked, needle) => (masked.includes(needle) ? masked.replaceAll(needle, HIDDEN) : masked),
        text,
      ),
  };
}

/** A stream for a log whose lines are masked on the way. Shape: each write is whole lines, as pino's are. */
export function maskStream(target: NodeJS.WritableStream, mask: SecretMask): Writable {
  return new Writable({
    decodeStrings: false,
    write: (chunk: Buffer | string, _encoding, done) => {
      target.write(mask.apply(chunk.toString()));
      done();
    },
  });
}

/**
 * How programs write a value: as it is, escaped for JSON, XML or an address, in UTF-16LE, hex or base64, or as the list of
 * its bytes.
 *
 * Source: the forms that GitHub's runner masks, and UTF-16LE, in which Windows PE reads and writes.
 */
function formsOf(value: Buffer): readonly string[] {
  const text = value.toString("utf8");
  const own = [value.toString("latin1"), text, JSON.stringify(text).slice(1, -1)];
  if (value.length < FORMS_BYTES_MIN) return [...new Set(own)];
  const wide = Buffer.from(text, "utf16le");
  const escaped = [encodeURIComponent(text), escapeXml(text), JSON.stringify(own[2]).slice(1, -1)];
  const wideText = wide.toString("latin1");
  const wideForms = [wideText, wide.toString("utf8"), JSON.stringify(wideText).slice(1, -1)];
  const coded = [value, wide].flatMap((bytes) => [...hexOf(bytes), ...base64Of(bytes)]);
  const listed = [value, wide].flatMap((bytes) => [bytes.join(","), bytes.join(", ")]);
  return [...new Set([...own, ...escaped, ...wideForms, ...coded, ...listed])];
}

function hexOf(bytes: Buffer): readonly string[] {
  const hex = bytes.toString("hex");
  return [hex, hex.toUpperCase()];
}

/** What all base64 has in common in which the bytes begin 0, 1 or 2 bytes after a multiple of three. */
function base64Of(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const isWhole = (shift + bytes.length) % 3 === 0;
    const core = encoded.slice(shift === 0 ? 0 : shift + 1, isWhole ? undefined : -1);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function escapeXml(text: string): string {
  const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };
  return Object.entries(escapes).reduce((all, [from, to]) => all.replaceAll(from, to), text);
}
