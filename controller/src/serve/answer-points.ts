import { X509Certificate } from "node:crypto";
import {
  type DistributionPoint,
  LOCAL_POINT,
  type PointPlace,
  parsePointPath,
  parsePointUrl,
} from "@stickfarm/common/media/distribution-point";
import { isMediaName } from "@stickfarm/common/media/name";
import type { Problem } from "@stickfarm/common/problem";
import { fail, ok, type Result } from "@stickfarm/common/result";
import { pointPlaceFromWire, pointPlaceToWire } from "@stickfarm/common/wire/distribution-point";
import type { DistributionPoint as WirePoint } from "@stickfarm/proto/stickfarm/v1/operator";
import type { OperatorAnswers } from "../grpc/operator-service.ts";
import type { Farm } from "./farm.ts";

type Answers = Pick<OperatorAnswers, "addPoint" | "listPoints" | "removePoint">;

export function answerPoints(farm: Farm): Answers {
  return {
    addPoint: async ({ point }) => {
      const parsed = parsePoint(point, farm.nowMs());
      if (!parsed.ok) return parsed;
      const added = await farm.store.points.add(parsed.value);
      return added.ok ? ok({ point: pointToWire(added.value, []) }) : added;
    },
    listPoints: async () => {
      const contents = await farm.store.contents.list();
      const names = contents.map(({ name }) => name);
      const points = [pointToWire({ ...LOCAL_POINT, createdAtMs: 0 }, names)];
      for (const point of await farm.store.points.list()) {
        const there = await farm.store.points.distributions(point.name);
        points.push(
          pointToWire(
            point,
            there.map(({ content }) => content),
          ),
        );
      }
      return ok({ points });
    },
    removePoint: async ({ name }) => {
      if (name === LOCAL_POINT.name) return fail(localStays("remove"));
      const removed = await farm.store.points.remove(name);
      return removed ? ok({}) : fail(pointUnknown("remove", name));
    },
  };
}

export function pointUnknown(what: string, name: string): Problem {
  const detail = `Cannot ${what} distribution point "${name}": there is none`;
  return { code: "point_unknown", detail };
}

export function localStays(what: string): Problem {
  const detail = `Cannot ${what} distribution point "${LOCAL_POINT.name}": it is the controller's own library`;
  return { code: "usage", detail };
}

function parsePoint(wire: WirePoint | undefined, nowMs: number): Result<DistributionPoint> {
  const { name = "", place: wirePlace } = wire ?? {};
  if (name === LOCAL_POINT.name) return fail(localStays("add"));
  if (!isMediaName(name)) {
    const detail = `Cannot add a distribution point: "${name}" is no name`;
    return fail({ code: "name_invalid", detail });
  }
  const place = parsePlace(pointPlaceFromWire(wirePlace));
  return place.ok ? ok({ name, place: place.value, createdAtMs: nowMs }) : place;
}

function parsePlace(place: ReturnType<typeof pointPlaceFromWire>): Result<PointPlace> {
  if (place === null || place.kind === "local")
    return usage("it has no place, must have a folder or an address");
  if (place.kind === "directory") {
    const path = parsePointPath(place.path);
    return path.ok ? ok({ kind: "directory", path: path.value }) : path;
  }
  const url = parsePointUrl(place.url);
  if (!url.ok) return url;
  const { caPem } = place;
  if (caPem !== null && !url.value.startsWith("https:"))
    return usage("it has an authority and no TLS, must have an https address");
  if (caPem !== null && !isCertificate(caPem))
    return usage("its authority is no certificate, must be one as PEM");
  return ok({ kind: "http", url: url.value, caPem });
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

function usage(what: string): Result<never> {
  return fail({ code: "usage", detail: `Cannot add a distribution point: ${what}` });
}

type Placed = { readonly name: string; readonly place: Parameters<typeof pointPlaceToWire>[0] };

function pointToWire(
  { name, place, createdAtMs }: Placed & { readonly createdAtMs: number },
  contents: readonly string[],
): WirePoint {
  return { name, place: pointPlaceToWire(place), createdAtMs, contents: [...contents] };
}
