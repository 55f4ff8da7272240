import { fail, ok, type Result } from "@stickfarm/common/result";

/** Where a kernel's tree has its files. */
export const KERNEL_PATH = "boot/vmlinuz";
export const INITRD_PATH = "boot/initrd.img";
export const GRUB_FOLDER = "boot/grub";

/** Longer ones are cut by kernels for x86. Source: Linux, arch/x86/include/asm/setup.h, COMMAND_LINE_SIZE. */
const COMMAND_LINE_MAX = 2047;

/**
 * The words of a kernel's command line.
 *
 * Problems: usage, for what GRUB would not hand on as it is written: quotes, backslashes, control characters.
 */
export function parseCommandLine(text: string): Result<readonly string[]> {
  const doing = "Cannot use this --cmdline";
  if (/["'\\]/.test(text)) {
    const why = "it holds a quote or a backslash, and GRUB hands none on as it is written";
    return fail({ code: "usage", detail: `${doing}: ${why}` });
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(text))
    return fail({ code: "usage", detail: `${doing}: it holds a control character` });
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes > COMMAND_LINE_MAX) {
    const why = `it has ${sizeBytes} bytes, the kernel reads at most ${COMMAND_LINE_MAX}`;
    return fail({ code: "usage", detail: `${doing}: ${why}` });
  }
  return ok(text.split(/[ \t]+/).filter((word) => word !== ""));
}

/**
 * What GRUB does when it has found the stick: start the kernel without asking. When the kernel's console is a serial
 * line, GRUB talks on it, too.
 */
export function renderMenu(menu: {
  readonly title: string;
  readonly words: readonly string[];
  readonly hasInitrd: boolean;
}): string {
  const quoted = menu.words.map((word) => ` '${word}'`).join("");
  return [
    ...renderSerial(menu.words),
    "set default=0",
    "set timeout=0",
    `menuentry '${menu.title}' {`,
    `  linux /${KERNEL_PATH}${quoted}`,
    ...(menu.hasInitrd ? [`  initrd /${INITRD_PATH}`] : []),
    "}",
    "",
  ].join("\n");
}

function renderSerial(words: readonly string[]): readonly string[] {
  const consoles = words.flatMap((word) => /^console=ttyS([0-3])(?:,(\d{3,6}))?/.exec(word) ?? []);
  const [, unit, speed = "9600"] = consoles;
  if (unit === undefined) return [];
  return [
    `serial --unit=${unit} --speed=${speed}`,
    "terminal_input console serial",
    "terminal_output console serial",
  ];
}

/** GRUB for BIOS knows the drive but not the partition: it looks for a file that no other stick has. */
export function renderBiosStart(marker: string): string {
  const hints = "--hint hd0,msdos1 --hint hd0,gpt1 --hint hd0,gpt2";
  return [
    `search --no-floppy --file --set=root ${hints} /${marker}`,
    `set prefix=($root)/${GRUB_FOLDER}`,
    "",
  ].join("\n");
}

/** Debian's signed GRUB reads /EFI/debian/grub.cfg of the partition that it came from, and nothing else. */
export function renderSignedStart(marker: string): string {
  return [
    `if [ ! -e /${marker} ]; then search --no-floppy --file --set=root /${marker}; fi`,
    `set prefix=($root)/${GRUB_FOLDER}`,
    `configfile ($root)/${GRUB_FOLDER}/grub.cfg`,
    "",
  ].join("\n");
}
