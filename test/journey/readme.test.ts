import { expect, test } from "vitest";
import { PROGRAMS, type ProgramName, runToEnd } from "../support/processes.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { readReadme } from "./support/readme.ts";

test("README.md names only commands and options that the programs know", async () => {
  const known = await commandTable();
  const lines = commandLines(await readReadme());
  expect(lines.length).toBeGreaterThan(10);
  const wrong: string[] = [];
  for (const line of lines)
    wrong.push(...(await judge(line, known)).map((why) => `${line}: ${why}`));
  expect(wrong).toEqual([]);
});

/** Every word run that begins with one of our programs: lines of code blocks, and inline code. */
function commandLines(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```\w*\n(.*?)^```$/gms)].flatMap(([, body = ""]) =>
    body.split("\n"),
  );
  const prose = markdown.replace(/^```\w*\n.*?^```$/gms, "");
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  const found = [...blocks, ...inline]
    .map((line) => line.replace(/^\s*(\$ )?(npx )?/, "").replace(/\s+#.*$/, ""))
    .filter((line) => /^stickfarm(-agent)?( |$)/.test(line))
    .map((line) => line.replace(/\s*(&|[|>] .*)$/, ""));
  return [...new Set(found)];
}

type Help = { readonly commands: readonly string[]; readonly options: readonly string[] };
type Known = (program: ProgramName, path: readonly string[]) => Promise<Help>;

async function commandTable(): Promise<Known> {
  const cwd = await tempDirectory();
  const helps = new Map<string, Help>();
  return async (program, path) => {
    const key = [program, ...path].join(" ");
    const kept = helps.get(key);
    if (kept !== undefined) return kept;
    const { code, stdout, stderr } = await runToEnd(program, [...path, "--help"], { cwd });
    expect([key, code, stderr]).toEqual([key, 0, ""]);
    expect(stdout).toContain(`Usage: ${key}`);
    const help = readHelp(stdout);
    helps.set(key, help);
    return help;
  };
}

function readHelp(text: string): Help {
  const part = (title: string) => text.split(`\n${title}:\n`)[1]?.split("\n\n")[0] ?? "";
  const options = `${part("Options")}\n${part("Global Options")}`;
  return {
    commands: [...part("Commands").matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = ""]) => name),
    options: [...options.matchAll(/^ {2}(?:(-\w), )?(--[a-z-]+)/gm)]
      .flatMap(([, short, long]) => [short, long])
      .filter((name) => name !== undefined),
  };
}

async function judge(line: string, known: Known): Promise<string[]> {
  const [program = "", ...words] = line.split(/\s+/);
  if (!isProgram(program)) return [`"${program}" is no program of ours`];
  const path: string[] = [];
  let help = await known(program, path);
  for (let word = words[0]; help.commands.length > 0; word = words[path.length]) {
    // A group may be spoken of as such; `|` separates its members.
    if (word === undefined || word.startsWith("-")) break;
    const names = word.split("|");
    const unknown = names.filter((name) => !help.commands.includes(name));
    if (unknown.length > 0) return [`there is no command "${[...path, ...unknown].join(" ")}"`];
    path.push(names[0] ?? "");
    help = await known(program, path);
  }
  const options = words.filter((word) => word.startsWith("-")).map((word) => word.split("=")[0]);
  return options
    .filter((option) => option !== undefined && !help.options.includes(option))
    .map((option) => `"${[program, ...path].join(" ")}" has no option "${option}"`);
}

function isProgram(name: string): name is ProgramName {
  return name in PROGRAMS;
}
