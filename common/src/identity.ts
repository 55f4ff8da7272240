/** Who is on the other side of a connection, as its certificate says. */
export type Identity = {
  readonly role: Role;
  readonly name: string;
  /** What an operator may do beyond the plain; agents have none. */
  readonly grants: readonly Grant[];
};

export type Role = "agent" | "operator";

/** drive-admin: may have drives erased that a plain yes does not erase, each by its typed serial. */
export const GRANTS = ["drive-admin"] as const;
export type Grant = (typeof GRANTS)[number];

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
const AGENT_PATTERN = new RegExp(`^stickfarm://agent/(${NAME})$`);
const OPERATOR_PATTERN = new RegExp(
  `^stickfarm://operator/(${NAME})(?:\\?grant=(${GRANTS.join("|")}))?$`,
);

/** What the SAN of a client certificate says: the subject is free text and means nothing. */
export function renderIdentityUri({ role, name, grants }: Identity): string {
  const granted = grants.map((grant) => `?grant=${grant}`).join("");
  return `stickfarm://${role}/${name}${granted}`;
}

export function parseIdentityUri(uri: string): Identity | null {
  const agent = AGENT_PATTERN.exec(uri)?.[1];
  if (agent !== undefined) return { role: "agent", name: agent, grants: [] };
  const [, operator, granted] = OPERATOR_PATTERN.exec(uri) ?? [];
  if (operator === undefined) return null;
  return { role: "operator", name: operator, grants: GRANTS.filter((grant) => grant === granted) };
}

/** Names of agents and operators: also a label of DNS and one token of a NATS subject. */
export function isIdentityName(text: string): boolean {
  return NAME_PATTERN.test(text);
}
