import type {
  FetchPoint as WireFetchPoint,
  PointPlace as WirePlace,
} from "@stickfarm/proto/stickfarm/v1/agent";
import type { FetchPoint } from "../media/distribution-point.ts";

export function fetchPointToWire({ name, place }: FetchPoint): WireFetchPoint {
  return { name, place: pointPlaceToWire(place) };
}

/** null: of a kind that is not known here. */
export function fetchPointFromWire({ name, place }: WireFetchPoint): FetchPoint | null {
  const known = pointPlaceFromWire(place);
  return known === null ? null : { name, place: known };
}

export function pointPlaceToWire(place: FetchPoint["place"]): WirePlace {
  switch (place.kind) {
    case "local":
      return { place: { $case: "local", value: {} } };
    case "directory":
      return { place: { $case: "directory", value: { path: place.path } } };
    case "http":
      return {
        place: { $case: "http", value: { url: place.url, caPem: place.caPem ?? "" } },
      };
  }
}

/** null: none, or of a kind that is not known here. */
export function pointPlaceFromWire(wire: WirePlace | undefined): FetchPoint["place"] | null {
  switch (wire?.place?.$case) {
    case "local":
      return { kind: "local" };
    case "directory":
      return { kind: "directory", path: wire.place.value.path };
    case "http": {
      const { url, caPem } = wire.place.value;
      return { kind: "http", url, caPem: caPem === "" ? null : caPem };
    }
    case undefined:
      return null;
  }
}
