import { RULES, type Rule } from "@stickfarm/common/media/rule-table";
import { ok } from "@stickfarm/common/result";
import type { Column } from "../output/render-table.ts";
import { writeList } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

type Row = Rule & { readonly ruleId: string };

const COLUMNS: readonly Column<Row>[] = [
  { head: "RULE", cell: ({ ruleId }) => ruleId },
  { head: "SEVERITY", cell: ({ severity }) => severity },
  { head: "MEANING", cell: ({ meaning }) => meaning },
];

export function mediaRulesCommand(shell: Shell) {
  return newCommand(shell, {
    name: "rules",
    description: "List every rule that definitions are checked by, with its id.",
    examples: ["stickfarm media rules", "stickfarm media rules -o json"],
  }).action((_options, command) =>
    shell.run(command, async (session) => {
      const rows = Object.entries(RULES).map(([ruleId, rule]) => ({ ruleId, ...rule }));
      writeList(session, rows, COLUMNS);
      return ok(0);
    }),
  );
}
