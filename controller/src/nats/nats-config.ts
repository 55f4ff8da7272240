import { KIB, MIB } from "@stickfarm/common/bytes";
import type { NatsTrustAnchors } from "./nats-authority.ts";

export type NatsConfig = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Whose certificates clients must have. */
  readonly caPath: string;
  readonly certificatePath: string;
  readonly keyPath: string;
  readonly storePath: string;
  readonly pidPath: string;
  readonly anchors: NatsTrustAnchors;
};

/** An event is about 250 bytes; more than this is nothing of ours. */
const PAYLOAD_BYTES_MAX = 64 * KIB;
/** Twice what the stream may hold: its consumers are in memory as well. */
const MEMORY_BYTES_MAX = 64 * MIB;
/** JetStream's own notes; the stream is in memory. */
const FILE_BYTES_MAX = 16 * MIB;
const CONNECTIONS_MAX = 10_000;
/** The default of 2 s is too short for a workstation under full load. */
const HANDSHAKE_MAX_SECONDS = 10;
/** A reader who does not take what he is sent is cut off, so that others need not wait. */
const WRITE_DEADLINE_SECONDS = 10;

/**
 * The server's configuration: one TLS port for clients with a certificate of the farm, users by JWT, JetStream; no
 * monitoring, no cluster, no other listener. Only options that 2.9 knows: it is what Debian 12 has.
 *
 * No stranger gets as far as the NATS protocol: flaws before its own log-in have been found again and again.
 */
export function renderNatsConfig(config: NatsConfig): string {
  const { anchors } = config;
  const preload = [anchors.systemAccount, anchors.account].map(
    ({ publicKey, jwt }) => `  ${publicKey}: ${quote(jwt)}`,
  );
  return [
    "# Written by stickfarm at every start.",
    `host: ${quote(config.host)}`,
    // -1 asks the system for a free one; 0 would mean 4222, where Debian's package runs a service that is not ours.
    `port: ${config.port === 0 ? -1 : config.port}`,
    `pid_file: ${quote(config.pidPath)}`,
    "logtime: false",
    `max_payload: ${PAYLOAD_BYTES_MAX}`,
    `max_connections: ${CONNECTIONS_MAX}`,
    `write_deadline: "${WRITE_DEADLINE_SECONDS}s"`,
    "tls {",
    `  ca_file: ${quote(config.caPath)}`,
    `  cert_file: ${quote(config.certificatePath)}`,
    `  key_file: ${quote(config.keyPath)}`,
    "  verify: true",
    `  timeout: ${HANDSHAKE_MAX_SECONDS}`,
    "}",
    "jetstream {",
    `  store_dir: ${quote(config.storePath)}`,
    `  max_mem: ${MEMORY_BYTES_MAX}`,
    `  max_file: ${FILE_BYTES_MAX}`,
    "}",
    `operator: ${quote(anchors.operatorJwt)}`,
    `system_account: ${anchors.systemAccount.publicKey}`,
    "resolver: MEMORY",
    "resolver_preload {",
    ...preload,
    "}",
    "",
  ].join("\n");
}

/** Source: nats-server conf/lex.go: in double quotes, \ escapes " and itself. */
function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
