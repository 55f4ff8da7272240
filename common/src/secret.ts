const HIDDEN = "[secret]";

/**
 * Bytes that must not be printed, logged or serialised by accident: text, JSON, inspection, cloning and enumeration show
 * nothing of them. Only `reveal` and `revealText` do, so that a search for them finds every place that handles a value.
 *
 * Source: the canary test searches logs, messages and files for a known value.
 */
export class Secret {
  /** Private by the language, not by the compiler: neither keys nor an inspector reach it. */
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = Uint8Array.from(bytes);
  }

  static ofText(text: string): Secret {
    return new Secret(new TextEncoder().encode(text));
  }

  get byteCount(): number {
    return this.#bytes.length;
  }

  /** A copy, for the caller to overwrite when done. */
  reveal(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** `null` when the bytes are not UTF-8. */
  revealText(): string | null {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.#bytes);
    } catch (error) {
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return HIDDEN;
  }
}
