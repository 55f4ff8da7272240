/** Everything of ours on a stick lies in this folder. */
export const OUR_FOLDER = "stickfarm";

export const MEDIA_JSON_PATH = `${OUR_FOLDER}/media.json`;
export const PASSPORT_PATH = `${OUR_FOLDER}/passport.json`;
export const PASSPORT_SIGNATURE_PATH = `${OUR_FOLDER}/passport.sig`;
export const MANIFEST_PATH = `${OUR_FOLDER}/manifest.json`;
export const MANIFEST_SIGNATURE_PATH = `${OUR_FOLDER}/manifest.sig`;
/** In the record behind an image only: how the image looked when it was written. Nobody signs it. */
export const IMAGE_SIGHT_PATH = `${OUR_FOLDER}/sight.json`;
export const SEALED_SETTINGS_PATH = `${OUR_FOLDER}/settings.sealed`;

/** Where the files of a package lie. */
export function packageFolder(name: string): string {
  return `${OUR_FOLDER}/packages/${name}`;
}

/** Windows and other tools look for these in the root. */
export const MEDIA_LABEL_PATH = "MediaLabel.txt";
export const AUTORUN_PATH = "autorun.inf";

/** "/tools/x/" → ["tools", "x"]. An empty name in between stays, so that it can be refused. */
export function foldersOf(at: string): readonly string[] {
  const inner = at.replace(/^\//, "").replace(/\/$/, "");
  return inner === "" ? [] : inner.split("/");
}
