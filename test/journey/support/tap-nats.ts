import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeUser } from "@nats-io/jwt";
import { createUser, fromSeed } from "@nats-io/nkeys";
import { connect, jwtAuthenticator, type NatsConnection } from "nats";
import { onTestFinished } from "vitest";
import type { TestFarm } from "./farm.ts";
import { natsOf } from "./nats-server.ts";

export type NatsTap = {
  /** All that was heard so far, subjects, headers and bodies. */
  readonly heard: () => Buffer;
  readonly count: () => number;
};

/**
 * Hear every message of the farm's NATS, JetStream's own among them, as a user that is made for this test and signed by
 * the account's key. The server's other account is for itself: it takes no connection at all.
 */
export async function tapNats(farm: TestFarm): Promise<NatsTap> {
  const trust = join(farm.directory, "farm/trust");
  const seeds = JSON.parse(await readFile(join(trust, "nats/authority.json"), "utf8"));
  const port = portOf(await natsOf(farm));
  const parts: Buffer[] = [];
  const connection = await connectAs(String(seeds.accountSeed), { port, trust });
  onTestFinished(() => connection.close());
  connection.subscribe(">", {
    callback: (_, { subject, headers, data }) =>
      void parts.push(Buffer.from(`${subject}\n${headers ?? ""}\n`), Buffer.from(data)),
  });
  await connection.flush();
  return { heard: () => Buffer.concat(parts), count: () => parts.length / 2 };
}

async function connectAs(
  accountSeed: string,
  { port, trust }: { readonly port: number; readonly trust: string },
): Promise<NatsConnection> {
  const user = createUser();
  const jwt = await encodeUser("tap", user, fromSeed(Buffer.from(accountSeed)));
  return connect({
    servers: `127.0.0.1:${port}`,
    authenticator: jwtAuthenticator(jwt, user.getSeed()),
    tls: {
      ca: await readFile(join(trust, "ca.pem"), "utf8"),
      cert: await readFile(join(trust, "operator.pem"), "utf8"),
      key: await readFile(join(trust, "operator.key"), "utf8"),
    },
  });
}

/** The one TCP port on which a process listens. Source: proc(5), /proc/net/tcp: state 0A, and inodes. */
function portOf(pid: number): number {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  for (const line of readFileSync(`/proc/${pid}/net/tcp`, "utf8").split("\n").slice(1)) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state === "0A" && links.includes(`socket:[${inode}]`))
      return Number.parseInt(local?.split(":")[1] ?? "", 16);
  }
  throw new Error(`Process ${pid} listens on no port`);
}

/** Empty when it was closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
