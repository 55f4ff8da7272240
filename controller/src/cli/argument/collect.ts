/** For an option that may be given more than once: each adds to the list. */
export function collect(text: string, texts: readonly string[]): readonly string[] {
  return [...texts, text];
}
