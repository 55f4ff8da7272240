/** Who is on the other side of a connection, as its certificate says. */
export type Identity = { readonly role: Role; readonly name: string };

export type Role = "agent" | "operator";

/** The controller's own role; there is one in a farm, wherever it listens. */
export const CONTROLLER_URI = "stickfarm://server/controller";

/**
 * The name that every client asks for in its TLS handshake (`servername`, `grpc.ssl_target_name_override`) and finds in
 * the controller's certificate, whatever address it dials: one controller, one name, no certificate per address.
 *
 * Source: `internal` is reserved for private use, ICANN resolution 2024.07.29.06.
 */
export const CONTROLLER_HOST = "controller.stickfarm.internal";

const NAME = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const NAME_PATTERN = new RegExp(`^${NAME}$`);
const CLIENT_PATTERN = new RegExp(`^stickfarm://(agent|operator)/(${NAME})$`);

/** What the SAN of a client certificate says: the subject is free text and means nothing. */
export function renderIdentityUri({ role, name }: Identity): string {
  return `stickfarm://${role}/${name}`;
}

export function parseIdentityUri(uri: string): Identity | null {
  const match = CLIENT_PATTERN.exec(uri);
  const [role, name] = [match?.[1], match?.[2]];
  if ((role !== "agent" && role !== "operator") || name === undefined) return null;
  return { role, name };
}

/** Names of agents and operators: also a label of DNS and one token of a NATS subject. */
export function isIdentityName(text: string): boolean {
  return NAME_PATTERN.test(text);
}
