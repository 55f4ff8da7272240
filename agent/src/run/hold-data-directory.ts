import { mkdir, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { fail, ok, type Result } from "@stickfarm/common/result";

/**
 * One agent for each data directory. The hold is a name in Linux' abstract socket namespace, made of the directory's
 * inode: the kernel takes it back when the process ends, however it ends.
 *
 * Source: unix(7). Problems: agent_superseded.
 */
export async function holdDataDirectory(
  directory: string,
): Promise<Result<{ readonly close: () => Promise<void> }>> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { dev, ino } = await stat(directory);
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      resolve(
        fail({
          code: "agent_superseded",
          detail: `Cannot run an agent on "${directory}": another one runs on it`,
        }),
      );
    });
    server.listen(`\0stickfarm-agent-${dev}-${ino}`, () =>
      resolve(ok({ close: () => new Promise((closed) => server.close(() => closed())) })),
    );
  });
}
