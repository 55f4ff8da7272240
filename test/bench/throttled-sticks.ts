import { MIB, renderBytes } from "@stickfarm/common/bytes";
import type { Bench } from "./group.ts";
import { type BenchImage, type ImageOptions, makeBenchImage } from "./make-bench-image.ts";
import { openTargets, type Targets, whyNotPlace } from "./open-targets.ts";
import { openThrottle, type Speed, type Throttle, whyNotThrottle } from "./throttle.ts";

/** A cheap USB 3 stick, bytes a second. */
export const STICK_SPEED: Speed = { write: 20e6, read: 100e6 };

/** Small enough for a run of a quarter of a minute, large enough that starting weighs little. */
export function stickImageBytes({ quick }: Bench): number {
  return (quick ? 64 : 384) * MIB;
}

export function makeStickImage(
  bench: Bench,
  options: Partial<ImageOptions> = {},
): Promise<BenchImage> {
  const usual = { sizeBytes: stickImageBytes(bench), changedEvery: null };
  return makeBenchImage(bench.scratch.diskFolder, { ...usual, ...options });
}

/** How fast a stick can be, whatever a program does: everything is written once and read once. */
export function limitSecondsOf({ mappedBytes }: BenchImage): number {
  return mappedBytes / STICK_SPEED.write + mappedBytes / STICK_SPEED.read;
}

/** Why so many throttled sticks cannot be had; `null` when they can. */
export async function whyNotSticks(
  bench: Bench,
  targets: number,
  imageBytes: number = stickImageBytes(bench),
): Promise<string | null> {
  const why = whyNotThrottle();
  return why ?? (await whyNotPlace("loop", bench.scratch, targets * imageBytes));
}

/** Loop devices in memory, each at the speed of a stick. */
export async function openSticks(
  bench: Bench,
  speeds: readonly Speed[],
  imageBytes: number = stickImageBytes(bench),
): Promise<Targets & { readonly throttle: Throttle }> {
  const { scratch } = bench;
  const setting = { place: "loop", targets: speeds.length } as const;
  const targets = await openTargets(setting, scratch, imageBytes);
  const throttle = openThrottle(scratch);
  for (const [index, path] of targets.paths.entries())
    throttle.limit(path, speeds[index] ?? STICK_SPEED);
  return {
    ...targets,
    throttle,
    [Symbol.asyncDispose]: async () => {
      throttle.close();
      await targets[Symbol.asyncDispose]();
    },
  };
}

export function describeSticks({ blob, mappedBytes }: BenchImage): string {
  return `Image of ${renderBytes(blob.sizeBytes)}, ${renderBytes(mappedBytes)} mapped; loop devices in memory at 20 MB/s written and 100 MB/s read by the kernel's throttle, which lets both run at once and credits idle time of up to a tenth of a second`;
}
