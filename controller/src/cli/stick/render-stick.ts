import { renderFields } from "../output/render-fields.ts";
import { type Column, renderTable } from "../output/render-table.ts";
import type { Session } from "../shell/session.ts";
import type { StickCheck } from "./check-stick.ts";
import { listOf, recordOf, textOf } from "./plain.ts";

export type StickView = {
  readonly path: string;
  readonly kind: string;
  readonly media: unknown;
  readonly passport: unknown;
  /** `null` when nothing is sealed. */
  readonly settings: unknown;
  readonly checks: readonly StickCheck[];
};

type Variable = { readonly name: string; readonly value: string };

const VARIABLES: readonly Column<Variable>[] = [
  { head: "VARIABLE", cell: ({ name }) => name },
  { head: "VALUE", cell: ({ value }) => value },
];

const CHECKS: readonly Column<StickCheck>[] = [
  { head: "CHECK", cell: ({ what }) => what },
  { head: "RESULT", cell: ({ result }) => result },
  { head: "WHY", cell: ({ why }) => why },
];

/** For a person: what the stick is, its variables, and what agrees and what does not. */
export function renderStick(view: StickView, session: Session): string {
  const media = recordOf(view.media);
  const settings = recordOf(view.settings);
  const certificate = recordOf(media["certificate"]);
  const management = recordOf(settings["management"] ?? media["management"]);
  const fields = renderFields([
    ["Source", `${view.path} (${view.kind})`],
    ["Media", mediaName(media)],
    ["Description", textOf(media["description"])],
    ["Build", textOf(recordOf(view.passport)["buildId"])],
    ["Sealed", view.settings === null ? "nothing" : "opened"],
    ["Management points", listOf(management["managementPoints"]).map(textOf).join(" ")],
    ["Site code", textOf(management["siteCode"])],
    ["Prestart command", textOf(recordOf(settings["prestart"] ?? media["prestart"])["command"])],
    ["Certificate", textOf(certificate["thumbprint"])],
    ["Certificate ends", textOf(certificate["notAfter"])],
  ]);
  const listed = "environment" in settings ? settings["environment"] : media["variables"];
  const variables = listOf(listed).map(recordOf).map(variableOf);
  const tables = [
    ...(variables.length === 0 ? [] : [renderTable(variables, VARIABLES, session)]),
    renderTable(view.checks, CHECKS, session),
  ];
  return [fields, ...tables].join("\n");
}

function mediaName(media: Readonly<Record<string, unknown>>): string {
  const name = textOf(media["name"]);
  return name === "" ? "" : `${name}@${String(media["revision"])}`;
}

function variableOf(variable: Readonly<Record<string, unknown>>): Variable {
  const name = textOf(variable["name"]);
  if (variable["ask"] === true) return { name, value: "(asked at boot)" };
  return { name, value: variable["sealed"] === true ? "(sealed)" : textOf(variable["value"]) };
}
