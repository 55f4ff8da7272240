/**
 * /autorun.inf: Windows shows the label instead of the volume's. Nothing is started: Windows ignores that on sticks.
 *
 * Source: learn.microsoft.com "Autorun.inf Entries"; text beyond ASCII is read as UTF-16 with a byte order mark.
 */
export function renderAutorun(label: string): Uint8Array {
  const text = `[autorun]\r\nlabel=${label}\r\n`;
  return /^[ -~\r\n]*$/.test(text)
    ? Buffer.from(text, "latin1")
    : Buffer.from(`\ufeff${text}`, "utf16le");
}
