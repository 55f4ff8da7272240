import { join } from "node:path";
import type { Result } from "@stickfarm/common/result";
import { parseVirtualDrives, type VirtualDriveSource } from "../drive/parse-virtual-drive.ts";
import type { Io } from "./io.ts";

/** Problems: usage. */
export function readVirtualDrives(
  { workingDirectory }: Io,
  dataDirectory: string,
  texts: readonly string[],
): Result<readonly VirtualDriveSource[]> {
  return parseVirtualDrives(texts, {
    drivesFolder: join(dataDirectory, "drives"),
    workingDirectory,
  });
}
