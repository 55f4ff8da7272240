import stringWidth from "string-width";

/** Text cut and filled by the columns that it takes on a terminal, never by its length. */
export function padText(text: string, columns: number, align: "left" | "right" = "left"): string {
  const fill = " ".repeat(Math.max(0, columns - stringWidth(text)));
  return align === "left" ? text + fill : fill + text;
}

/** The text, or as much of its beginning as fits before the mark that says that there was more. */
export function cutText(text: string, columns: number, mark: string): string {
  if (stringWidth(text) <= columns) return text;
  const shortMark = mark.slice(0, Math.max(0, columns));
  return takeColumns(text, columns - stringWidth(shortMark)).head.trimEnd() + shortMark;
}

/** Lines of at most so many columns, broken between words, or within a word that is longer than a line. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (let word of text.split(" ").filter((part) => part !== "")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (stringWidth(joined) <= columns) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    while (stringWidth(word) > columns) {
      const { head, tail } = takeColumns(word, columns);
      if (head === "") break;
      lines.push(head);
      word = tail;
    }
    line = word;
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

/** Graphemes are never split: one that is wider than the columns stays in the tail. */
function takeColumns(
  text: string,
  columns: number,
): { readonly head: string; readonly tail: string } {
  let head = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(head + segment) > columns) break;
    head += segment;
  }
  return { head, tail: text.slice(head.length) };
}
