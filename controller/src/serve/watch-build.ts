import type { BuildView, WatchBuildResponse } from "@stickfarm/proto/stickfarm/v1/operator";
import type { Farm } from "./farm.ts";
import { viewBuild } from "./view-build.ts";

/** At most twice a second. */
const VIEW_EVERY_MS = 500;
/** A view without news still comes this often, so that a watcher knows that the controller lives. */
const QUIET_MAX_MS = 5000;

/** Views until the build has ended: one at once, then one whenever something changed. */
export async function* watchBuild(
  farm: Farm,
  buildId: string,
  signal: AbortSignal,
): AsyncGenerator<WatchBuildResponse> {
  while (!signal.aborted) {
    const seen = { changed: farm.changed.version(), progressed: farm.progressed.version() };
    const build = await farm.store.builds.find(buildId);
    if (build === null) return;
    const view: BuildView = await viewBuild(farm, build);
    yield { build: view };
    if (view.state !== "running") return;
    await pause(VIEW_EVERY_MS, signal);
    const woken = new AbortController();
    const either = AbortSignal.any([signal, woken.signal]);
    await Promise.race([
      farm.changed.next(seen.changed, QUIET_MAX_MS, either),
      farm.progressed.next(seen.progressed, QUIET_MAX_MS, either),
    ]);
    woken.abort();
  }
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    signal.addEventListener("abort", done, { once: true });
  });
}
