import { existsSync } from "node:fs";
import type { BootTree } from "./boot-tree.ts";
import { missingPrograms, runProgram } from "./run-program.ts";

/** Programs and files that this machine lacks for it; empty when it can. */
export function missingForHybridIso(): string[] {
  const files = ["/usr/lib/grub/i386-pc/boot_hybrid.img", "/usr/lib/grub/x86_64-efi/moddep.lst"];
  const programs = missingPrograms("grub-mkrescue", "xorriso", "mformat");
  return [...programs, ...files.filter((path) => !existsSync(path))];
}

/**
 * An ISO with the tree in it that starts on both firmwares, from a disc and, written raw, from a stick: what a
 * distribution would publish. GRUB's own maker puts the loaders there; the tree brings the menu.
 */
export async function makeHybridIso(tree: BootTree, path: string): Promise<void> {
  const leaveOut = ["--locales=", "--fonts=", "--themes="];
  await runProgram("grub-mkrescue", [...leaveOut, "-o", path, tree.directory]);
}
