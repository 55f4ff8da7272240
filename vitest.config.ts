import { defineConfig } from "vitest/config";

/** Packages are read from their sources, so unit tests need no build; journeys run the built programs. */
const fromSource = {
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
};

/** Built packages, as the programs are: nothing is to be compiled where each system call is slow. */
const workstation = {
  test: {
    name: "workstation",
    server: { deps: { external: [/\/dist\//] } },
    include: ["test/workstation/**/*.test.ts"],
    pool: "forks" as const,
    fileParallelism: false,
    // One process loads the programs' code once for all files.
    isolate: false,
    testTimeout: 600_000,
    hookTimeout: 400_000,
  },
};

/** Groups run one after the other, so that clocks of real processes and virtual machines are not held up by unit tests. */
export default defineConfig({
  test: {
    projects: [
      {
        ...fromSource,
        test: {
          name: "unit",
          include: [
            "{common,controller,agent}/src/**/*.test.ts",
            "test/tidy.test.ts",
            "test/{bench,tidy,proto,readme,support}/**/*.test.ts",
            "test/lab/qemu/**/*.test.ts",
          ],
          pool: "forks",
          testTimeout: 60_000,
        },
      },
      {
        ...fromSource,
        test: {
          name: "journey",
          include: ["test/journey/**/*.test.ts"],
          pool: "forks",
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        ...fromSource,
        test: {
          name: "lab",
          include: ["test/lab/*.test.ts"],
          pool: "forks",
          // A machine of QEMU keeps one processor busy.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
      // Only where the lab runs it: in a machine whose sticks it may plug and unplug.
      ...(process.env["STICKFARM_WORKSTATION"] === undefined ? [] : [workstation]),
    ],
  },
});
