const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const SECRET_NAME = /^[a-z0-9](?:[a-z0-9/-]{0,125}[a-z0-9])?$/;

/** Names of definitions, contents and distribution points. */
export function isMediaName(text: string): boolean {
  return NAME.test(text);
}

/** Names of secrets: as above, longer, and with folders: "media/hq". */
export function isSecretName(text: string): boolean {
  return SECRET_NAME.test(text);
}
