import { foldName } from "../../layout/fat-name.ts";
import type { BootableMediaDraft } from "../definition-shape.ts";
import { type Finding, findingAt, quote } from "../finding.ts";
import type { Library } from "../library.ts";
import { nearestName } from "../nearest-name.ts";

const AT = ["spec", "customization", "prestart", "command"];
/** What a command names to be run or read; an .exe is as a rule one of Windows's own. */
const SCRIPT = /\.(cmd|bat|vbs|vbe|js|jse|wsf|ps1|hta|ini|xml|json|txt|reg|msi)$/i;

/** Whether the files that the prestart command names are in its package. */
export function checkPrestartFiles(
  { spec }: BootableMediaDraft,
  library: Library | null,
): readonly Finding[] {
  const { command, package: name } = spec?.customization?.prestart ?? {};
  const body = name === undefined ? undefined : library?.contents.get(name)?.body;
  if (command === undefined || body?.kind !== "tree") return [];
  const paths = body.files.map(({ path }) => path);
  const folded = new Set(paths.map(foldName));
  return namedFiles(command)
    .filter((file) => !folded.has(foldName(file)))
    .map((file) => missing(file, name ?? "", paths));
}

/** Files in the package's own folder or below; what has a drive or a variable in it lies elsewhere. */
function namedFiles(command: string): readonly string[] {
  const words = Array.from(command.matchAll(/"([^"]*)"|([^\s"]+)/g), ([, quoted, plain]) =>
    (quoted ?? plain ?? "").replaceAll("\\", "/").replace(/^\.\//, ""),
  );
  const files = words.filter((word) => SCRIPT.test(word) && /^[^/:%$][^:%$]*$/.test(word));
  return [...new Set(files)];
}

function missing(file: string, name: string, paths: readonly string[]): Finding {
  const meant =
    paths.find((path) => foldName(path).endsWith(`/${foldName(file)}`)) ?? nearestName(file, paths);
  return findingAt(
    "prestart-file-missing",
    AT,
    `names ${quote(file)}, which is not in the package ${quote(name)}`,
    meant === null
      ? "Add it to the package, or name another file"
      : `Did you mean ${quote(meant)}?`,
  );
}
