import { isAbsolute, join, resolve } from "node:path";
import { parseBytes } from "@stickfarm/common/bytes";
import { fail, ok, type Result } from "@stickfarm/common/result";

/** A file or a block device that the agent offers as a drive. */
export type VirtualDriveSource = {
  readonly kind: "file" | "device";
  /** Absolute. */
  readonly path: string;
  /** Of a file that is to be made; `null` when it must exist. */
  readonly sizeBytes: number | null;
  readonly serial: string;
  readonly bay: string;
};

export type VirtualDriveContext = {
  /** Where files without a name are made. */
  readonly drivesFolder: string;
  readonly workingDirectory: string;
};

/** Both end up in tables and file names. */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
const KEYS = ["file", "device", "size", "serial", "bay"];
const ALIGNMENT_BYTES = 4096;

/**
 * Parse the command line's virtual drives, such as "file=a.img,size=2GiB,serial=A1,bay=1", "2GiB" or "device=/dev/loop5".
 *
 * Shape:    the bay is the position in the list unless it is given, the serial "V" and the bay. A size without a file is
 *           a file in the agent's own drives folder, named by its serial.
 * Problems: usage.
 */
export function parseVirtualDrives(
  texts: readonly string[],
  context: VirtualDriveContext,
): Result<readonly VirtualDriveSource[]> {
  const sources: VirtualDriveSource[] = [];
  for (const [index, text] of texts.entries()) {
    const source = parseVirtualDrive(text, String(index + 1), context);
    if (!source.ok) return source;
    for (const key of ["bay", "serial", "path"] as const) {
      if (!sources.some((other) => other[key] === source.value[key])) continue;
      return refuse(text, `another drive has the same ${key} "${source.value[key]}"`);
    }
    sources.push(source.value);
  }
  return ok(sources);
}

function parseVirtualDrive(
  text: string,
  position: string,
  context: VirtualDriveContext,
): Result<VirtualDriveSource> {
  const fields = splitFields(text);
  if (!fields.ok) return fields;
  const { file, device, size, bay = position, serial = `V${bay}` } = fields.value;
  for (const label of [bay, serial]) {
    if (LABEL.test(label)) continue;
    return refuse(text, `"${label}" must be 1 to 32 of letters, digits, ".", "_" and "-"`);
  }
  if (device !== undefined) return parseDevice(text, { ...fields.value, device, bay, serial });
  if (file === undefined && size === undefined) {
    return refuse(text, "it must name a size, a file or a device");
  }
  const path = file ?? join(context.drivesFolder, `${serial}.img`);
  if (path === "") return refuse(text, "its file has no name");
  const sizeBytes = size === undefined ? ok(null) : parseSize(text, size);
  if (!sizeBytes.ok) return sizeBytes;
  const absolute = resolve(context.workingDirectory, path);
  return ok({ kind: "file", path: absolute, sizeBytes: sizeBytes.value, serial, bay });
}

type Fields = Readonly<Partial<Record<string, string>>>;

function splitFields(text: string): Result<Fields> {
  const fields: Record<string, string> = {};
  for (const [index, part] of text.split(",").entries()) {
    const equals = part.indexOf("=");
    const key = equals < 0 ? (index === 0 ? "size" : part) : part.slice(0, equals);
    if (!KEYS.includes(key)) {
      return refuse(text, `"${part}" must be one of ${KEYS.map((name) => `${name}=`).join(", ")}`);
    }
    if (key in fields) return refuse(text, `${key} is given twice`);
    fields[key] = part.slice(equals + 1);
  }
  return ok(fields);
}

function parseDevice(
  text: string,
  fields: Fields & { readonly device: string; readonly bay: string; readonly serial: string },
): Result<VirtualDriveSource> {
  const { device, bay, serial } = fields;
  if (fields["file"] !== undefined || fields["size"] !== undefined) {
    return refuse(text, "a device takes neither file nor size");
  }
  if (!isAbsolute(device)) return refuse(text, `the device "${device}" must be an absolute path`);
  return ok({ kind: "device", path: resolve(device), sizeBytes: null, serial, bay });
}

function parseSize(text: string, size: string): Result<number> {
  const sizeBytes = parseBytes(size);
  if (!sizeBytes.ok || sizeBytes.value % ALIGNMENT_BYTES === 0) return sizeBytes;
  return refuse(text, `its size must be a multiple of ${ALIGNMENT_BYTES} bytes`);
}

function refuse(text: string, reason: string): Result<never> {
  return fail({ code: "usage", detail: `Cannot offer the virtual drive "${text}": ${reason}` });
}
