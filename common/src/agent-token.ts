import { isIdentityName } from "./identity.ts";
import { fail, ok, type Result } from "./result.ts";

/**
 * What an operator carries to a workstation: `sf1.<name>.<secret>.<pin>`.
 *
 * The secret is used once. The pin is the SHA-256 of the CA's public key, base64url: the agent sends the secret to nobody
 * who cannot show that CA.
 */
export type AgentToken = {
  readonly name: string;
  /** 26 characters of base32: 130 bits. */
  readonly secret: string;
  readonly pin: string;
};

const VERSION = "sf1";
const FORM = `${VERSION}.NAME.SECRET.PIN`;
const SECRET_PATTERN = /^[a-z2-7]{26}$/;
const PIN_PATTERN = /^[A-Za-z0-9_-]{43}$/;

export function renderAgentToken({ name, secret, pin }: AgentToken): string {
  return [VERSION, name, secret, pin].join(".");
}

/** Problems: token_invalid; nothing of the token stands in its detail. */
export function parseAgentToken(text: string): Result<AgentToken> {
  const parts = text.trim().split(".");
  const [version, name = "", secret = "", pin = ""] = parts;
  if (version !== VERSION || parts.length !== 4) return refuse(`it must have the form "${FORM}"`);
  if (!isIdentityName(name)) return refuse("its second part must be the agent's name");
  if (!SECRET_PATTERN.test(secret)) return refuse("its third part must be 26 of a-z and 2-7");
  if (!PIN_PATTERN.test(pin)) return refuse("its fourth part must be 43 characters of base64url");
  return ok({ name, secret, pin });
}

function refuse(reason: string): Result<never> {
  return fail({ code: "token_invalid", detail: `Cannot use this token: ${reason}` });
}
