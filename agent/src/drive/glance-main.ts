/**
 * A glance at one drive, in a process of its own: opens it for reading, says in one line what it holds, and ends. What is
 * at the path is not trusted to be the drive that was meant; whoever asked compares afterwards.
 */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { DriveContents } from "@stickfarm/common/drive/contents";
import { lookAtDrive } from "@stickfarm/common/glance/look-at-drive";
import { renderContents } from "@stickfarm/common/wire/contents";
import type { GlanceOrder } from "./look-once.ts";

async function glance({ path, geometry }: GlanceOrder): Promise<DriveContents> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const drive = await open(path, flags);
  const status = await drive.stat();
  if (!status.isFile() && !status.isBlockDevice())
    return { kind: "unreadable", why: "it is neither a file nor a device" };
  return lookAtDrive(async (offsetBytes, lengthBytes) => {
    const buffer = Buffer.alloc(lengthBytes);
    const { bytesRead } = await drive.read(buffer, 0, lengthBytes, offsetBytes);
    return buffer.subarray(0, bytesRead);
  }, geometry);
}

// Written by look-once.ts of the same version.
const order = JSON.parse(process.argv[2] ?? "") as GlanceOrder;
const contents = await glance(order).catch(
  ({ message }: Error): DriveContents => ({ kind: "unreadable", why: message }),
);
process.stdout.write(renderContents(contents));
