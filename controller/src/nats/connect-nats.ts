import type { Secret } from "@stickfarm/common/secret";
import {
  type Authenticator,
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  jwtAuthenticator,
  type NatsConnection,
} from "nats";
import type { NatsCredentials } from "./nats-authority.ts";

/** Where NATS is, how it is known, and as whom we come. */
export type NatsServers = {
  /** URLs: the first that answers is taken. */
  readonly servers: readonly string[];
  readonly tls: NatsTls;
  readonly credentials: NatsCredentials | { readonly creds: Secret };
};

export type NatsTls = {
  /** Null: the system's authorities. */
  readonly caPem: string | null;
  /** The name to find in the server's certificate; null: the host of its URL. */
  readonly serverName: string | null;
  /** The farm's own server demands one. */
  readonly client: { readonly certificatePem: string; readonly keyPem: string } | null;
};

const CONNECT_MAX_MS = 5_000;
/** A connection that answers no ping for two of these is gone. */
const PING_MS = 10_000;

/**
 * One connection for one life: it does not come back by itself.
 *
 * The client's own reconnecting buffers what is published meanwhile and then drops it, and gives up for good after two
 * refusals. Who needs a connection for ever repeats sessions instead.
 */
export async function connectNats(options: NatsServers): Promise<NatsConnection> {
  return await connect({
    servers: [...options.servers],
    tls: tlsOptions(options.tls),
    authenticator: authenticatorOf(options.credentials),
    name: "stickfarm",
    timeout: CONNECT_MAX_MS,
    pingInterval: PING_MS,
    reconnect: false,
  });
}

/** Always present, so that a server without TLS is refused. What the client does not know it hands to Node's `tls`. */
function tlsOptions({ caPem, serverName, client }: NatsTls): NonNullable<ConnectionOptions["tls"]> {
  return {
    ...(caPem === null ? {} : { ca: caPem }),
    ...(serverName === null ? {} : { servername: serverName }),
    ...(client === null ? {} : { cert: client.certificatePem, key: client.keyPem }),
  };
}

function authenticatorOf(credentials: NatsServers["credentials"]): Authenticator {
  return "creds" in credentials
    ? credsAuthenticator(credentials.creds.reveal())
    : jwtAuthenticator(credentials.jwt, credentials.seed.reveal());
}
