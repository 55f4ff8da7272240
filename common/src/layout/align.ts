/** The next multiple of `unit` at or above `value`. */
export function alignUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** The last multiple of `unit` at or below `value`. */
export function alignDown(value: number, unit: number): number {
  return Math.floor(value / unit) * unit;
}
