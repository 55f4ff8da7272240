import { createHash, randomBytes } from "node:crypto";
import { type AgentToken, renderAgentToken } from "@stickfarm/common/agent-token";

/** RFC 4648, lower case: nothing that a person mistakes for something else but 0 and 1, which are not in it. */
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const SECRET_LENGTH = 26;

/** A new token: the text is shown once, only the hash of its secret is stored. */
export function createAgentToken(options: { readonly name: string; readonly pin: string }): {
  readonly text: string;
  readonly hash: string;
} {
  // 256 is a multiple of 32: no letter is likelier than another.
  const letters = Array.from(randomBytes(SECRET_LENGTH), (byte) => BASE32.charAt(byte % 32));
  const token: AgentToken = { ...options, secret: letters.join("") };
  return { text: renderAgentToken(token), hash: hashTokenSecret(token.secret) };
}

/** SHA-256, lower-case hex: 130 random bits need no slow hash. */
export function hashTokenSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
