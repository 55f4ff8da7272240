/**
 * Write and verify an image by etcher-sdk, as balenaEtcher does it: node etcher-main.js FOLDER [file|loop IMAGE BYTES TARGET...]
 *
 * A process of its own, so that its memory and processor time are its own. FOLDER is where it was installed. Without an
 * image it is only loaded. BYTES is its size once it is expanded.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

/** As much of etcher-sdk 10 as is used. */
type EtcherSdk = {
  readonly sourceDestination: {
    readonly File: new (options: { readonly path: string; readonly write?: boolean }) => object;
    readonly BlockDevice: new (options: {
      readonly drive: object;
      readonly write: boolean;
      readonly direct: boolean;
      readonly unmountOnSuccess: boolean;
    }) => object;
  };
  readonly multiWrite: {
    readonly decompressThenFlash: (options: object) => Promise<{
      readonly failures: ReadonlyMap<object, Error>;
      readonly bytesWritten: number;
    }>;
  };
};

const [folder = "", place = "", image = "", size = "0", ...targets] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { sourceDestination, multiWrite } = require("etcher-sdk") as EtcherSdk;
const { File, BlockDevice } = sourceDestination;

const sizeBytes = Number(size);
if (image !== "") await write();

async function write(): Promise<void> {
  const { failures, bytesWritten } = await multiWrite.decompressThenFlash({
    source: new File({ path: image }),
    destinations: targets.map(open),
    onFail: () => undefined,
    onProgress: () => undefined,
    verify: true,
    numBuffers: 16,
  });
  for (const error of failures.values()) console.error(error);
  if (bytesWritten !== sizeBytes) console.error(`${bytesWritten} bytes were written`);
  process.exitCode = failures.size === 0 && bytesWritten === sizeBytes ? 0 : 1;
}

function open(path: string): object {
  if (place === "file") return new File({ path, write: true });
  const drive = {
    raw: path,
    device: path,
    devicePath: null,
    description: path,
    size: sizeBytes,
    blockSize: 512,
    mountpoints: [],
    isReadOnly: false,
    isSystem: false,
    isRemovable: true,
    isVirtual: true,
  };
  return new BlockDevice({ drive, write: true, direct: true, unmountOnSuccess: false });
}
