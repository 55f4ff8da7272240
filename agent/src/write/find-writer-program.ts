/**
 * The writer is started once for each stick, so its start counts: 0.04 s of a processor as one file, 0.10 s as the ninety that
 * the compiler makes, where a stick of 1 GiB takes 0.3 s in all.
 */
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** In the command line of every writer, whichever of its files it was started from. Reachable from the sources as well. */
export const WRITER_PROGRAM = fileURLToPath(
  new URL("../../dist/write/writer-main", import.meta.url),
);

/** Written by the compiler whenever it has built one of the writer's files. */
const BUILDS = ["../../dist", "../../../common/dist"].map((folder) =>
  fileURLToPath(new URL(`${folder}/.tsbuildinfo`, import.meta.url)),
);

/** The file to start: an older one file may be another program than what was built since, and does not count. */
export function findWriterProgram(program = WRITER_PROGRAM, builds = BUILDS): string {
  const bundle = `${program}.cjs`;
  const bundledAtMs = writtenAtMs(bundle) ?? Number.NEGATIVE_INFINITY;
  const isLast = builds.every((build) => (writtenAtMs(build) ?? 0) <= bundledAtMs);
  return isLast ? bundle : `${program}.js`;
}

/** `null` when it is not there: a program that was installed has no build beside it. */
function writtenAtMs(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
