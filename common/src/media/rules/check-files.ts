import { foldName, whyNotFatName } from "../../layout/fat-name.ts";
import type { BootableMediaDraft } from "../definition-shape.ts";
import { type Finding, findingAt, quote } from "../finding.ts";
import type { RuleId } from "../rule-table.ts";
import { foldersOf, OUR_FOLDER } from "../stick-path.ts";
import { checkName } from "./check-metadata.ts";

/** Trees beside the boot image's: where they go. Whether they fit together is known when they are composed. */
export function checkFiles({ spec }: BootableMediaDraft): readonly Finding[] {
  const seen = new Map<string, number>();
  return (spec?.files ?? []).flatMap((files, index) => {
    if (files === undefined) return [];
    const { content, at = "/" } = files;
    const path = ["spec", "files", index];
    const wrong = whyNotFolder(at);
    const findings = [
      ...(content === undefined ? [] : checkName([...path, "content"], content)),
      ...(wrong === null
        ? []
        : [
            findingAt(
              wrong.ruleId,
              [...path, "at"],
              `is ${quote(at)}, ${wrong.rule}`,
              remedyFor(at),
            ),
          ]),
    ];
    const key = `${content} ${foldersOf(at).map(foldName).join("/")}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    else
      findings.push(
        findingAt("files-repeated", path, `is the same as files[${first}]`, "Remove one of them"),
      );
    return findings;
  });
}

type WrongFolder = { readonly ruleId: RuleId; readonly rule: string };

function whyNotFolder(at: string): WrongFolder | null {
  if (!at.startsWith("/")) {
    return { ruleId: "folder-relative", rule: "must be a folder of the stick and begin with /" };
  }
  const folders = foldersOf(at);
  if (foldName(folders[0] ?? "") === foldName(OUR_FOLDER)) {
    const rule = `must be another folder: /${OUR_FOLDER} is stickfarm's own`;
    return { ruleId: "folder-reserved", rule };
  }
  const wrong = folders.map(whyNotFatName).find((why) => why !== null);
  if (wrong === undefined) return null;
  return { ruleId: "folder-not-fat", rule: `which FAT32 cannot hold: ${wrong}` };
}

function remedyFor(at: string): string {
  return at.startsWith("/") ? "Write another folder" : `Write ${quote(`/${at}`)}`;
}
