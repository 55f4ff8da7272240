import { encodeAccount, encodeOperator, encodeUser } from "@nats-io/jwt";
import {
  createAccount,
  createOperator,
  createUser,
  fromPublic,
  fromSeed,
  type KeyPair,
} from "@nats-io/nkeys";
import { isIdentityName } from "@stickfarm/common/identity";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { Secret } from "@stickfarm/common/secret";
import { PROGRESS_SUBJECT_PREFIX } from "@stickfarm/common/wire/progress";

/**
 * Who may say what over NATS, by signatures: the operator signs the account, the account signs each user, the server
 * holds public keys only. So an agent that enrols later is known to a server that runs already.
 *
 * Only seeds are kept. The operator's and the account's JWTs are made anew at each start, so that limits which a later
 * version knows better take effect without another `init`; what agents hold stays good, because the account's key does.
 */
export type NatsAuthority = Readonly<Record<SeedName, Secret>>;

/** What a nats-server must know to trust this authority. Nothing in it is secret. */
export type NatsTrustAnchors = {
  readonly operatorJwt: string;
  readonly systemAccount: { readonly publicKey: string; readonly jwt: string };
  readonly account: { readonly publicKey: string; readonly jwt: string };
};

export type NatsCredentials = { readonly jwt: string; readonly seed: Secret };

type SeedName = "operatorSeed" | "systemSeed" | "accountSeed" | "controllerSeed";

/** Operator, account, account, user. Source: NATS nkeys, the first two letters of a seed in base32. */
const SEED_PREFIXES = {
  operatorSeed: "SO",
  systemSeed: "SA",
  accountSeed: "SA",
  controllerSeed: "SU",
} as const satisfies Record<SeedName, string>;

/** A publisher needs none but its own inbox; the rest is room for what a client does by itself. */
const AGENT_SUBSCRIPTIONS_MAX = 4;
/** An event has about 250 bytes. */
const AGENT_PAYLOAD_BYTES_MAX = 4096;
const STREAMS_MAX = 8;
/** One for each start of a controller, gone after half a minute. */
const CONSUMERS_MAX = 64;

export function createNatsAuthority(): NatsAuthority {
  return {
    operatorSeed: seedOf(createOperator()),
    systemSeed: seedOf(createAccount()),
    accountSeed: seedOf(createAccount()),
    controllerSeed: seedOf(createUser()),
  };
}

/** For a file of mode 0600. */
export function renderNatsAuthority(authority: NatsAuthority): string {
  const seeds = Object.entries(authority).map(([name, seed]) => [name, seed.revealText()]);
  return `${JSON.stringify(Object.fromEntries(seeds), null, 2)}\n`;
}

/** Problems: trust_damaged. */
export function parseNatsAuthority(text: string): Result<NatsAuthority> {
  const fields = parseFields(text);
  const operatorSeed = parseSeed(fields, "operatorSeed");
  const systemSeed = parseSeed(fields, "systemSeed");
  const accountSeed = parseSeed(fields, "accountSeed");
  const controllerSeed = parseSeed(fields, "controllerSeed");
  if (operatorSeed && systemSeed && accountSeed && controllerSeed) {
    return ok({ operatorSeed, systemSeed, accountSeed, controllerSeed });
  }
  const detail =
    "Cannot use the NATS keys: a seed is missing or damaged, all must be as `stickfarm init` wrote them";
  return fail({ code: "trust_damaged", detail });
}

export async function issueTrustAnchors(authority: NatsAuthority): Promise<NatsTrustAnchors> {
  const signer = keysOf(authority.operatorSeed);
  const system = keysOf(authority.systemSeed);
  const account = keysOf(authority.accountSeed);
  const systemKey = system.getPublicKey();
  return {
    operatorJwt: await encodeOperator("stickfarm", signer, { system_account: systemKey }),
    systemAccount: {
      publicKey: systemKey,
      jwt: await encodeAccount("system", system, {}, { signer }),
    },
    account: {
      publicKey: account.getPublicKey(),
      jwt: await encodeAccount("farm", account, { limits: ACCOUNT_LIMITS }, { signer }),
    },
  };
}

/** Everything within the farm's account, JetStream included; nothing of the server itself. */
export async function controllerCredentials(authority: NatsAuthority): Promise<NatsCredentials> {
  const user = keysOf(authority.controllerSeed);
  const jwt = await encodeUser("controller", user, keysOf(authority.accountSeed));
  return { jwt, seed: authority.controllerSeed };
}

/**
 * What an agent may do: publish progress under its own name, and hear what is sent to its own inbox.
 *
 * Lists of what is allowed only: servers have had faults in lists of what is not. No JetStream API either, the stream
 * takes what is published.
 * Problems: name_invalid, certificate_request_invalid.
 * Source: nats.io secnote-2026-18 (deny lists bypassed by queue subscriptions).
 */
export async function issueAgentJwt(
  authority: NatsAuthority,
  agent: { readonly name: string; readonly publicKey: string; readonly expiresAtMs: number },
): Promise<Result<string>> {
  const doing = `Cannot issue a NATS credential to "${agent.name}"`;
  // A wildcard in a name would open everybody's subjects.
  if (!isIdentityName(agent.name)) {
    return fail({ code: "name_invalid", detail: `${doing}: it is no agent's name` });
  }
  const key = parseUserKey(agent.publicKey);
  if (key === null) {
    const detail = `${doing}: its key must be a public user key`;
    return fail({ code: "certificate_request_invalid", detail });
  }
  const rights = {
    pub: { allow: [`${PROGRESS_SUBJECT_PREFIX}.${agent.name}.>`] },
    // The client's default, `_INBOX.>`, would let each agent hear the answers to all others.
    sub: { allow: [`_INBOX_${agent.name}.>`] },
    subs: AGENT_SUBSCRIPTIONS_MAX,
    payload: AGENT_PAYLOAD_BYTES_MAX,
    allowed_connection_types: ["STANDARD" as const],
  };
  const exp = Math.floor(agent.expiresAtMs / 1000);
  return ok(await encodeUser(agent.name, key, keysOf(authority.accountSeed), rights, { exp }));
}

/** What is left out is 0, which means none; -1 means no limit. */
const ACCOUNT_LIMITS = {
  conn: -1,
  subs: -1,
  data: -1,
  payload: -1,
  imports: 0,
  exports: 0,
  leaf: 0,
  wildcards: false,
  disallow_bearer: true,
  // JetStream is off for an account without these. The server's own limit bounds memory: a share of it would be reserved,
  // and 2.9 sometimes reserves it twice at its start and then has too little.
  mem_storage: -1,
  disk_storage: 0,
  streams: STREAMS_MAX,
  consumer: CONSUMERS_MAX,
} as const;

function seedOf(keys: KeyPair): Secret {
  return new Secret(keys.getSeed());
}

function keysOf(seed: Secret): KeyPair {
  return fromSeed(seed.reveal());
}

function parseUserKey(publicKey: string): KeyPair | null {
  if (!publicKey.startsWith("U")) return null;
  try {
    return fromPublic(publicKey);
  } catch {
    // Text from a stranger: its length or its checksum is not right.
    return null;
  }
}

function parseSeed(fields: Readonly<Record<string, unknown>>, name: SeedName): Secret | null {
  const text = fields[name];
  if (typeof text !== "string" || !text.startsWith(SEED_PREFIXES[name])) return null;
  const seed = Secret.ofText(text);
  try {
    keysOf(seed);
    return seed;
  } catch {
    // Its length or its checksum is not right.
    return null;
  }
}

function parseFields(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // Not JSON: every seed is missing.
    return {};
  }
}
