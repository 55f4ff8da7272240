/**
 * Read the names in a cpio archive while it streams past, as the kernel reads an initial RAM disk: several archives one
 * after the other, each padded with zeros. Nothing of a file is kept but those asked for, so that an archive that expands
 * to gigabytes costs no memory.
 *
 * Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
 */
export type CpioReader = {
  /** Take the next bytes. `false`: something else than cpio begins at `otherAtByte()`; no more is taken. */
  readonly update: (bytes: Uint8Array) => boolean;
  /** After the last byte: what is wrong, or `null`. */
  readonly finish: () => string | null;
  /** Where in the stream something else begins, such as a compressed archive after one that is not. */
  readonly otherAtByte: () => number | null;
};

export type CpioHandler = {
  readonly onEntry: (path: string) => void;
  /** Files that are wanted whole; those above `KEPT_MAX_BYTES` are passed over. */
  readonly wants: (path: string) => boolean;
  readonly onFile: (path: string, bytes: Uint8Array) => void;
};

const HEAD_BYTES = 110;
const MAGIC = /^07070[12]/;
const PATH_MAX_BYTES = 4096;
const KEPT_MAX_BYTES = 1024 * 1024;

type State =
  | { readonly kind: "between" }
  | { readonly kind: "head"; readonly taken: Uint8Array; takenBytes: number }
  | { readonly kind: "path"; readonly taken: Uint8Array; takenBytes: number; readonly head: Head }
  | ({ readonly kind: "file"; readonly path: string; readonly kept: Uint8Array | null } & Left)
  | { readonly kind: "ended"; readonly why: string | null };

type Left = { readonly sizeBytes: number; readonly paddedBytes: number; takenBytes: number };
type Head = { readonly pathBytes: number; readonly sizeBytes: number };

export function startCpioReader(handler: CpioHandler): CpioReader {
  let state: State = { kind: "between" };
  let atByte = 0;
  let otherAtByte: number | null = null;
  /** Uses some of the bytes and says how many. */
  const step = (bytes: Uint8Array): number => {
    switch (state.kind) {
      case "between": {
        const zeros = countZeros(bytes);
        if (zeros > 0) return zeros;
        if (bytes[0] !== 0x30) {
          otherAtByte = atByte;
          state = { kind: "ended", why: null };
          return 0;
        }
        state = { kind: "head", taken: new Uint8Array(HEAD_BYTES), takenBytes: 0 };
        return 0;
      }
      case "head": {
        const used = take(state, bytes);
        if (state.takenBytes === HEAD_BYTES) state = afterHead(state.taken, atByte + used);
        return used;
      }
      case "path": {
        const used = take(state, bytes);
        if (state.takenBytes === state.taken.length)
          state = afterPath(state.taken, state.head, handler);
        return used;
      }
      case "file": {
        const used = takeFile(state, bytes);
        if (state.takenBytes === state.paddedBytes) {
          if (state.kept !== null) handler.onFile(state.path, state.kept);
          state = { kind: "between" };
        }
        return used;
      }
      case "ended":
        return 0;
    }
  };
  return {
    update: (bytes) => {
      let rest = bytes;
      while (rest.length > 0 && state.kind !== "ended") {
        const used = step(rest);
        atByte += used;
        rest = rest.subarray(used);
      }
      return state.kind !== "ended";
    },
    finish: () => {
      if (state.kind === "ended") return state.why;
      return state.kind === "between"
        ? null
        : `it ends in the middle of an entry, at byte ${atByte}`;
    },
    otherAtByte: () => otherAtByte,
  };
}

function take(into: { readonly taken: Uint8Array; takenBytes: number }, bytes: Uint8Array): number {
  const part = bytes.subarray(0, into.taken.length - into.takenBytes);
  into.taken.set(part, into.takenBytes);
  into.takenBytes += part.length;
  return part.length;
}

/** Padding is taken and not kept. */
function takeFile(into: { readonly kept: Uint8Array | null } & Left, bytes: Uint8Array): number {
  const used = Math.min(bytes.length, into.paddedBytes - into.takenBytes);
  const ofFile = Math.min(used, into.sizeBytes - into.takenBytes);
  if (ofFile > 0) into.kept?.set(bytes.subarray(0, ofFile), into.takenBytes);
  into.takenBytes += used;
  return used;
}

/** The name is padded so that what follows lies at a multiple of four from the head's beginning. */
function afterHead(bytes: Uint8Array, atByte: number): State {
  const text = String.fromCharCode(...bytes);
  const [sizeBytes, pathBytes] = [fieldOf(text, 6), fieldOf(text, 11)];
  if (!MAGIC.test(text) || Number.isNaN(sizeBytes) || Number.isNaN(pathBytes))
    return { kind: "ended", why: `its entry at byte ${atByte - HEAD_BYTES} has no cpio header` };
  if (pathBytes < 1 || pathBytes > PATH_MAX_BYTES)
    return {
      kind: "ended",
      why: `a name in it has ${pathBytes} bytes, at most ${PATH_MAX_BYTES} may be`,
    };
  const paddedBytes = alignToFour(HEAD_BYTES + pathBytes) - HEAD_BYTES;
  const head = { pathBytes, sizeBytes };
  return { kind: "path", taken: new Uint8Array(paddedBytes), takenBytes: 0, head };
}

function afterPath(bytes: Uint8Array, { pathBytes, sizeBytes }: Head, handler: CpioHandler): State {
  const path = new TextDecoder().decode(bytes.subarray(0, pathBytes - 1));
  handler.onEntry(path);
  const isKept = sizeBytes <= KEPT_MAX_BYTES && handler.wants(path);
  if (sizeBytes === 0) {
    if (isKept) handler.onFile(path, new Uint8Array(0));
    return { kind: "between" };
  }
  const kept = isKept ? new Uint8Array(sizeBytes) : null;
  return {
    kind: "file",
    path,
    kept,
    sizeBytes,
    paddedBytes: alignToFour(sizeBytes),
    takenBytes: 0,
  };
}

/** Thirteen fields of eight hexadecimal digits follow the magic. */
function fieldOf(text: string, index: number): number {
  const digits = text.slice(6 + 8 * index, 14 + 8 * index);
  return /^[0-9a-fA-F]{8}$/.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
}

function alignToFour(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

function countZeros(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first === -1 ? bytes.length : first;
}
