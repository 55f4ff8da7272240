import type { LibraryRange } from "./library.ts";

/**
 * What part of a body a Range header asks for.
 *
 * `null`: the whole. Several ranges, other units and what is malformed count as no header at all, as they must.
 * Source: RFC 9110, 14.2.
 */
export function parseRange(
  header: string | undefined,
  sizeBytes: number,
): LibraryRange | "unsatisfiable" | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  const [first, last] = [match?.[1] ?? "", match?.[2] ?? ""];
  if (first === "") return last === "" ? null : parseSuffix(Number(last), sizeBytes);
  const startByte = Number(first);
  if (last !== "" && Number(last) < startByte) return null;
  if (startByte >= sizeBytes) return "unsatisfiable";
  return { startByte, endByte: last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes) };
}

/** "bytes=-500": the last 500. */
function parseSuffix(lengthBytes: number, sizeBytes: number): LibraryRange | "unsatisfiable" {
  if (lengthBytes === 0 || sizeBytes === 0) return "unsatisfiable";
  return { startByte: Math.max(0, sizeBytes - lengthBytes), endByte: sizeBytes };
}
