import { fail, ok, type Result } from "../result.ts";
import { LOCAL_DISTRIBUTION_POINT } from "./definition.ts";
import { quote } from "./finding.ts";

/** A place that holds a copy of content, in the order of the library: a root, and below it `blobPath()`. */
export type DistributionPoint = {
  /** [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?; never "local". */
  readonly name: string;
  readonly place: PointPlace;
  /** Milliseconds since 1970 UTC. */
  readonly createdAtMs: number;
};

export type PointPlace = DirectoryPlace | HttpPlace;

/** A folder or a mounted share, by the same path on the controller and on every agent. */
export type DirectoryPlace = { readonly kind: "directory"; readonly path: string };

/** Any web server that gives out files, with or without TLS: what comes is judged by its digest. */
export type HttpPlace = {
  readonly kind: "http";
  /** Without "/" at its end. */
  readonly url: string;
  /** The only authority that is believed, or `null`: those that the machine knows. */
  readonly caPem: string | null;
};

/** Where an agent may fetch from. */
export type FetchPoint = {
  readonly name: string;
  /** local: the controller's own library. */
  readonly place: PointPlace | { readonly kind: "local" };
};

/** The controller itself: always there. */
export const LOCAL_POINT: FetchPoint = {
  name: LOCAL_DISTRIBUTION_POINT,
  place: { kind: "local" },
};

/** Where a blob is below the root of the library, and of every distribution point. */
export function blobPath(sha256: string): string {
  return `sha256/${sha256.slice(0, 2)}/${sha256}`;
}

/**
 * The folder of a point as it is kept.
 *
 * Problems: usage.
 */
export function parsePointPath(path: string): Result<string> {
  const parts = path.split("/");
  const isPlain = path.startsWith("/") && !parts.includes("..") && !/\p{Cc}/u.test(path);
  if (isPlain) return ok(path.replace(/(?<=.)\/+$/, ""));
  return usage(`the folder is ${quote(path)}, must be an absolute path without ".."`);
}

/**
 * The address of a point as it is kept.
 *
 * Problems: usage, also for a name and password in it: they would be told to everybody who lists the points.
 */
export function parsePointUrl(text: string): Result<string> {
  if (!URL.canParse(text)) return usage("the address must be an http or https URL");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return usage(`the address begins with "${url.protocol}", must be an http or https URL`);
  if (url.username !== "" || url.password !== "")
    return usage("the address has a user or password in it, must have none");
  if (url.search !== "" || url.hash !== "")
    return usage('the address has a "?" or "#" in it, must have none');
  return ok(`${url.origin}${url.pathname}`.replace(/\/+$/, ""));
}

function usage(what: string): Result<never> {
  return fail({ code: "usage", detail: `Cannot add a distribution point: ${what}` });
}
