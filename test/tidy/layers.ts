import { builtinModules } from "node:module";
import type { Import, SourceFile } from "./read-tree.ts";

/**
 * Who may import whom. A layer may always import itself. What is not in this table is not allowed, so that a new edge is
 * a line that somebody reads; a folder that is not in it fails as well.
 */
export type Layer = {
  readonly name: string;
  readonly path: RegExp;
  /** Names of other layers. */
  readonly layers: readonly string[];
  /** npm packages by name; "node" stands for Node's own modules. */
  readonly packages: readonly string[];
  /** No Node module, no clock, no dice, no process; a test beside each file. */
  readonly pure: boolean;
};

const WORDS = ["words", "media", "drive", "layout", "glance", "build", "iso"];
const SHARED = [...WORDS, "wire", "rim"];

const CONTROLLER_RIMS = namesOf(
  "controller",
  "schedule store content boot-image compile nats trust grpc front",
);
const AGENT_RIMS = namesOf("agent", "attempt journal hash content drive write nats trust grpc");
const KEYS = "node @peculiar/x509 reflect-metadata";
const PKCS12 = "pkijs asn1js";
const COMMANDS = "node @commander-js/extra-typings @grpc/grpc-js pino ulid yaml";
const PICTURES = "cli-table3 log-update picocolors string-width";

export const LAYERS: readonly Layer[] = [
  // What everybody may use.
  pure("words", "common/src/*", []),
  pure("media", "common/src/media/", ["words", "layout"], "zod"),
  pure("drive", "common/src/drive/", ["words"]),
  pure("layout", "common/src/layout/", ["words", "media"]),
  pure("glance", "common/src/glance/", ["words", "media", "drive", "layout"]),
  pure("build", "common/src/build/", ["words", "media", "drive"]),
  pure("iso", "common/src/iso/", ["words", "media", "layout"], "zod"),
  rim("wire", "common/src/wire/", [...WORDS, "gen"], "zod"),
  rim(
    "rim",
    "common/src/rim/",
    [...WORDS, "wire"],
    "node fzstd unbzip2-stream xz-decompress yauzl",
  ),
  rim("gen", "proto/gen/", [], "@bufbuild/protobuf @grpc/grpc-js"),

  // Controller: its rims know nothing of each other, `serve` wires them.
  pure("controller/parse", "controller/src/parse/", WORDS, "fast-xml-parser"),
  pure("controller/schedule", "controller/src/schedule/", WORDS),
  rim("controller/store", "controller/src/store/", SHARED, "node sqlite3 zod"),
  rim("controller/content", "controller/src/content/", [...SHARED, "controller/parse"], "node"),
  rim(
    "controller/boot-image",
    "controller/src/boot-image/",
    [...SHARED, "controller/parse"],
    "node asn1js pkijs",
  ),
  rim("controller/iso", "controller/src/iso/", SHARED, "node"),
  rim("controller/compile", "controller/src/compile/", SHARED, "node yaml"),
  rim("controller/nats", "controller/src/nats/", SHARED, "node nats @nats-io/jwt @nats-io/nkeys"),
  rim("controller/trust", "controller/src/trust/", SHARED, `${KEYS} ${PKCS12} yaml`),
  rim("controller/grpc", "controller/src/grpc/", [...SHARED, "gen"], "node @grpc/grpc-js"),
  rim("controller/front", "controller/src/front/", SHARED, "node @grpc/grpc-js"),
  rim(
    "controller/serve",
    "controller/src/serve/",
    [...SHARED, "gen", ...CONTROLLER_RIMS],
    "node pino ulid",
  ),
  // A command starts the controller, makes or reads its keys, reads what is to be uploaded and definitions without a
  // controller, opens what was sealed; the rest goes by gRPC.
  rim(
    "controller/cli",
    "controller/src/cli/",
    [...SHARED, "gen", ...namesOf("controller", "serve trust nats content boot-image iso compile")],
    `${COMMANDS} ${PICTURES}`,
  ),

  // Agent: its rims know nothing of each other, `run` wires them.
  pure("agent/attempt", "agent/src/attempt/", WORDS),
  rim("agent/journal", "agent/src/journal/", SHARED, "node"),
  rim("agent/hash", "agent/src/content/(xxh64|xxh64-wasm|piece-hashes).ts", SHARED, "node"),
  rim("agent/content", "agent/src/content/", [...SHARED, "agent/hash"], "node"),
  rim("agent/drive", "agent/src/drive/", SHARED, "node"),
  // The writer compares with the hashes of the cache, by the same code.
  rim("agent/write", "agent/src/write/", [...SHARED, "agent/hash"], "node"),
  rim("agent/nats", "agent/src/nats/", SHARED, "node nats @nats-io/nkeys"),
  rim("agent/trust", "agent/src/trust/", [...SHARED, "gen"], `${KEYS} @grpc/grpc-js`),
  rim("agent/grpc", "agent/src/grpc/", [...SHARED, "gen"], "node @grpc/grpc-js"),
  rim(
    "agent/run",
    "agent/src/(run/|run-agent)",
    [...SHARED, "gen", ...AGENT_RIMS],
    "node pino ulid",
  ),
  // A command runs the agent, enrols it with new keys, or shows the drives that it would offer.
  rim(
    "agent/cli",
    "agent/src/cli/",
    [...SHARED, ...namesOf("agent", "run trust nats drive")],
    COMMANDS,
  ),

  // Tests of the whole: journeys and labs see the programs from outside only; labs use the farm of journeys.
  rim("test/support", "test/support/", SHARED, "node vitest"),
  rim("test/tidy", "test/(tidy/|tidy.test.ts)", ["words"], "node typescript-api"),
  rim("test/proto", "test/proto/", ["words", "gen"], "node @grpc/proto-loader fast-check"),
  rim("test/readme", "test/readme/", WORDS, "node"),
  // A program of its own, judged from outside as labs are.
  rim(
    "test/lab/qemu",
    "test/lab/qemu/",
    [...SHARED, "gen", "test/support", "test/journey"],
    "node",
  ),
  rim("test/lab", "test/lab/", [...SHARED, "test/support", "test/journey"], "node"),
  // Inside the lab's workstation; journeys' farm with sticks of the kernel, its commands run without a process of their own.
  rim(
    "test/workstation",
    "test/workstation/",
    [
      ...SHARED,
      "gen",
      "controller/cli",
      "agent/cli",
      "controller/trust",
      "test/support",
      "test/journey",
    ],
    "node vitest",
  ),
  rim(
    "test/journey",
    "test/journey/",
    [...SHARED, "gen", "test/support"],
    "node vitest nats @nats-io/jwt @nats-io/nkeys",
  ),
  rim("test/bench", "test/bench/", [...SHARED, ...AGENT_RIMS, "test/support"], "node"),
];

export function layerOf(path: string): Layer | undefined {
  return LAYERS.find((layer) => layer.path.test(path));
}

/** Imports that the table does not allow, as "path:line: (layer) imports what". */
export function findForbiddenImports(file: SourceFile): string[] {
  const layer = layerOf(file.path);
  if (layer === undefined) return [`${file.path}: belongs to no layer`];
  const mayImport = (file.isTest ? mayTestImport : mayImportFrom)(layer);
  return file.imports
    .filter((imported) => !mayImport(imported, file))
    .map(({ line, specifier }) => `${file.path}:${line}: ${layer.name} imports "${specifier}"`);
}

/** A program's test may use the whole of its program, but not the other; tests of the whole keep to their layer. */
function mayTestImport(layer: Layer): (imported: Import, file: SourceFile) => boolean {
  const inLayer = mayImportFrom(layer);
  return (imported, { path }) => {
    if (imported.target === null) return true;
    const program = path.split("/")[0] ?? "";
    if (program === "test") return inLayer(imported);
    return ["proto", "common", program].includes(imported.target.split("/")[0] ?? "");
  };
}

function mayImportFrom(layer: Layer): (imported: Import) => boolean {
  return ({ specifier, target }) => {
    if (target === null) return layer.packages.includes(packageOf(specifier));
    const other = layerOf(target)?.name;
    return other !== undefined && (other === layer.name || layer.layers.includes(other));
  };
}

function packageOf(specifier: string): string {
  if (specifier.startsWith("node:") || builtinModules.includes(specifier)) return "node";
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function namesOf(program: string, rims: string): string[] {
  return rims.split(" ").map((rim) => `${program}/${rim}`);
}

function pure(name: string, place: string, layers: readonly string[], packages = ""): Layer {
  return { name, path: patternOf(place), layers, packages: packages.split(" "), pure: true };
}

function rim(name: string, place: string, layers: readonly string[], packages: string): Layer {
  return { name, path: patternOf(place), layers, packages: packages.split(" "), pure: false };
}

/** "a/b/" is the folder with all below it, "a/b/*" its own files only. */
function patternOf(place: string): RegExp {
  return place.endsWith("/*")
    ? new RegExp(`^${place.slice(0, -1)}[^/]+$`)
    : new RegExp(`^${place}`);
}
