import { fail, ok, type Result } from "@stickfarm/common/result";

/** An id as `build start` prints it: a ULID. It is also the name of a file, so nothing else is taken. */
export function parseRequestId(text: string): Result<string> {
  const id = text.toUpperCase();
  if (/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) return ok(id);
  return fail({
    code: "usage",
    detail: `Cannot read the request id "${text}": it must be a ULID of 26 characters`,
  });
}
