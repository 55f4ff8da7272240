import { definitionSchema } from "@stickfarm/common/media/definition-schema";
import { ok } from "@stickfarm/common/result";
import { renderJson } from "../output/render-document.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { newCommand } from "../shell/new-command.ts";
import type { Shell } from "../shell/shell.ts";

export function mediaSchemaCommand(shell: Shell) {
  return newCommand(shell, {
    name: "schema",
    description:
      "Print the JSON Schema of definitions, for editors.\n\nKeys, types, defaults and patterns; what may stand together only `media check` knows. Editors find it by the line\n# yaml-language-server: $schema=stickfarm.schema.json",
    examples: ["stickfarm media schema > stickfarm.schema.json"],
  }).action((_options, command) =>
    shell.run(command, async (session) => {
      const schema = definitionSchema();
      writeAnswer(session, schema, () => renderJson(schema));
      return ok(0);
    }),
  );
}
