import { Option } from "@commander-js/extra-typings";

/** For commands that run until they are stopped: their log goes to stderr, a JSON object a line. */
export function logLevelOption() {
  return new Option("--log-level <level>", "what is logged on stderr")
    .choices(["debug", "info", "warn", "error", "silent"])
    .default("info");
}
