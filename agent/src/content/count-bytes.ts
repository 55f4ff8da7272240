import type { BlobServer } from "./blob-server.ts";

export type CountedServers = {
  readonly servers: readonly BlobServer[];
  /** Bytes that each has given so far, by name; those that gave nothing are left out. */
  readonly read: () => Readonly<Record<string, number>>;
};

/** The same servers, and who has given how much. */
export function countBytes(servers: readonly BlobServer[]): CountedServers {
  const counts = new Map<string, number>();
  const count = (server: BlobServer): BlobServer => ({
    ...server,
    read: (blob, startByte, options) =>
      server.read(blob, startByte, {
        ...options,
        take: (bytes) => {
          counts.set(server.name, (counts.get(server.name) ?? 0) + bytes.length);
          return options.take(bytes);
        },
      }),
  });
  return { servers: servers.map(count), read: () => Object.fromEntries(counts) };
}
