import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How a child that looks at a drive has ended. */
export type ChildEnd =
  | { readonly kind: "said"; readonly text: string }
  | { readonly kind: "late" }
  | { readonly kind: "stopped" }
  | { readonly kind: "died"; readonly words: string };

export type DriveChild = {
  /** Its file in dist/drive. */
  readonly program: "glance-main" | "locate-main";
  /** Given to it as JSON. */
  readonly order: object;
  readonly limitMs: number;
  readonly signal: AbortSignal;
};

const OUTPUT_MAX = 64 * 1024;
/** As for the writer: little to plan, much to wait for. */
const NODE_FLAGS = ["--no-opt", "--max-semi-space-size=1", "--single-threaded-gc"];

/**
 * Run a child that reads from one drive. A drive that hangs stalls this child and no other; when its time is up it is
 * killed and not waited for, as the kernel may keep it for as long as the drive is silent.
 *
 * Never rejects.
 */
export function runDriveChild({ program, order, limitMs, signal }: DriveChild): Promise<ChildEnd> {
  if (signal.aborted) return Promise.resolve({ kind: "stopped" });
  // Reachable from the sources as well, so that tests start the same program.
  const path = fileURLToPath(new URL(`../../dist/drive/${program}.js`, import.meta.url));
  const child = spawn(process.execPath, [...NODE_FLAGS, path, JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { UV_THREADPOOL_SIZE: "1" },
  });
  const said = collect(child.stdout);
  const words = collect(child.stderr);
  return new Promise((resolve) => {
    const end = (how: ChildEnd) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(how);
    };
    const kill = (how: ChildEnd) => {
      child.kill("SIGKILL");
      child.unref();
      child.stdout.destroy();
      child.stderr.destroy();
      end(how);
    };
    const stop = () => kill({ kind: "stopped" });
    const timer = setTimeout(() => kill({ kind: "late" }), limitMs);
    signal.addEventListener("abort", stop);
    child.on("error", ({ message }) => end({ kind: "died", words: message }));
    child.on("close", (code) => {
      if (code === 0) end({ kind: "said", text: said() });
      else end({ kind: "died", words: words().trim() || `it ended with ${code}` });
    });
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (more: string) => {
    if (text.length < OUTPUT_MAX) text += more;
  });
  return () => text.slice(0, OUTPUT_MAX);
}
