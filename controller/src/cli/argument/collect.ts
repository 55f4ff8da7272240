/** For an option that may be given more than once: each adds to the list. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
