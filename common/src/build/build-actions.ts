import type { BuildState } from "./build-state.ts";

/** What an operator may do to a build in which state. CLI and controller both ask here. */
export const BUILD_ACTIONS = {
  cancel: ["running"],
  retry: ["partial", "failed", "canceled"],
} as const satisfies Record<string, readonly BuildState[]>;

export type BuildAction = keyof typeof BUILD_ACTIONS;

export function buildCan(action: BuildAction, state: BuildState): boolean {
  const states: readonly BuildState[] = BUILD_ACTIONS[action];
  return states.includes(state);
}
