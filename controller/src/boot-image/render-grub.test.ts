import { expect, test } from "vitest";
import { parseCommandLine, renderBiosStart, renderMenu, renderSignedStart } from "./render-grub.ts";

test("parseCommandLine() gives the words, whatever is between them", () => {
  expect(parseCommandLine("")).toEqual({ ok: true, value: [] });
  const words = ["console=ttyS0,115200", "root=UUID=1-2", "a$b;c|d&e", "ümlaut"];
  expect(parseCommandLine(`  ${words.join(" \t ")} `)).toEqual({ ok: true, value: words });
});

test.each([
  ["quotes", 'dyndbg="file a"'],
  ["a single quote", "it's"],
  ["a backslash", "a\\b"],
  ["a line break", "a\nb"],
  ["an escape sequence", "a\u001b[2J"],
  ["too much", "x".repeat(2048)],
])("parseCommandLine() refuses %s", (_, text) => {
  expect(parseCommandLine(text)).toMatchObject({ problem: { code: "usage" } });
});

test("renderMenu() starts the kernel at once, with words that GRUB takes as they are", () => {
  const words = ["quiet", "a$b;c|d&e"];
  expect(renderMenu({ title: "rescue", words, hasInitrd: true })).toBe(
    `set default=0
set timeout=0
menuentry 'rescue' {
  linux /boot/vmlinuz 'quiet' 'a$b;c|d&e'
  initrd /boot/initrd.img
}
`,
  );
  expect(renderMenu({ title: "rescue", words, hasInitrd: false })).not.toContain("initrd");
});

test.each([
  ["console=ttyS0", "serial --unit=0 --speed=9600\n"],
  ["console=tty0 console=ttyS1,115200n8", "serial --unit=1 --speed=115200\n"],
])("renderMenu() lets GRUB talk where the kernel does: %s", (text, line) => {
  const menu = renderMenu({ title: "x", words: text.split(" "), hasInitrd: true });
  expect(menu).toContain(line);
  expect(menu).toContain("terminal_output console serial\n");
});

test("renderMenu() touches no serial line that the kernel does not use", () => {
  const words = ["console=tty0", "console=ttyUSB0"];
  expect(renderMenu({ title: "x", words, hasInitrd: true })).not.toContain("serial");
});

test("renderBiosStart() and renderSignedStart() look for the marker", () => {
  for (const start of [
    renderBiosStart("boot/grub/image-1"),
    renderSignedStart("boot/grub/image-1"),
  ]) {
    expect(start).toContain(" /boot/grub/image-1");
    expect(start).toContain("set prefix=($root)/boot/grub\n");
  }
});
