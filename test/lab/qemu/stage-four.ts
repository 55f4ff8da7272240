import { runTogether } from "./run-together.ts";
import type { Run } from "./stage.ts";
import { makeStick } from "./stick.ts";

const PORTS = [1, 2, 3, 4] as const;

/** Four sticks at once, from a definition to the files that lie on them. */
export async function runFour(run: Run): Promise<void> {
  const { lab, files } = run;
  const members = await Promise.all(
    PORTS.map(async (port) => {
      const stick = await makeStick(lab.folder, `four-${port}`);
      return { done: `four at once: ${stick.name}`, stick, port, must: ["succeeded"] };
    }),
  );
  await runTogether(run, members, files);
}
