/** How much the agent holds, at one moment. */
export type AgentSize = { readonly tick: number; readonly handles: number; readonly kib: number };

/** Sh for the machine: writes that of process `$agent` into a file, a count first, until the process ends. */
export function watchSizeScript(file: string): string {
  return [
    "tick=0",
    "while kill -0 $agent; do",
    "  echo \"$((tick += 1)) $(ls /proc/$agent/fd | wc -l) $(awk '/VmRSS/ { print $2 }' /proc/$agent/status)\" >" +
      `${file}.new && mv ${file}.new ${file}`,
    "  sleep 3",
    "done",
  ].join("\n");
}

/** `undefined`: not written yet, or the process ended meanwhile. */
export function parseSize(text: string): AgentSize | undefined {
  const found = /^(\d+) (\d+) (\d+)\n$/.exec(text);
  if (found === null) return undefined;
  const [tick = 0, handles = 0, kib = 0] = found.slice(1).map(Number);
  return { tick, handles, kib };
}

/** One for each thing that comes and goes by itself: a look at a drive, a connection that is made anew. */
const HANDLES_MORE_MAX = 6;

/** What is wrong with an agent that has nothing to do, as it was before the rounds and as it is after them. */
export function judgeHealth(before: AgentSize, after: AgentSize, log: string): readonly string[] {
  const more = after.handles - before.handles;
  const errors = log.split("\n").filter((line) => /^\{"level":[56]0,/.test(line));
  const warnings = log.split("\n").filter((line) => line.startsWith("(node:"));
  return [
    ...(more > HANDLES_MORE_MAX ? [`holds ${more} handles more`] : []),
    ...(errors.length > 0
      ? [`logged ${errors.length} errors, the last one: ${errors.at(-1)}`]
      : []),
    ...(warnings.length > 0 ? [`was warned by Node: ${warnings[0]}`] : []),
  ];
}
