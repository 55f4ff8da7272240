/** Where a stick is: by what people call the bay, else by its own name. */
export function namePlace({
  agent,
  bay,
  label,
}: {
  readonly agent: string;
  readonly bay: string;
  readonly label: string | null;
}): string {
  return `${agent}/${label ?? bay}`;
}
