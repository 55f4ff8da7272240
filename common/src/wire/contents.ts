import { DriveContents as WireContents } from "@stickfarm/proto/stickfarm/v1/agent";
import {
  type DriveContents,
  type SeenPassport,
  TABLE_KINDS,
  UNSEEN,
  VOLUME_KINDS,
} from "../drive/contents.ts";

const NOTHING: WireContents = {
  state: "unseen",
  why: "",
  table: "",
  volumes: [],
  passport: undefined,
};

export function contentsToWire(contents: DriveContents): WireContents {
  switch (contents.kind) {
    case "unseen":
      return NOTHING;
    case "unreadable":
      return { ...NOTHING, state: contents.kind, why: contents.why };
    case "seen": {
      const { kind, table, volumes, passport } = contents;
      const carried = passport === null ? undefined : passportToWire(passport);
      return { state: kind, why: "", table, volumes, passport: carried };
    }
  }
}

/** Contents that are not told, or in a word of a newer program, are contents that nobody has seen. */
export function contentsFromWire(wire: WireContents | undefined): DriveContents {
  if (wire?.state === "unreadable") return { kind: "unreadable", why: wire.why };
  if (wire?.state !== "seen") return UNSEEN;
  return {
    kind: "seen",
    table: TABLE_KINDS.find((known) => known === wire.table) ?? "none",
    volumes: wire.volumes.map((volume) => ({
      ...volume,
      kind: VOLUME_KINDS.find((known) => known === volume.kind) ?? "unknown",
    })),
    passport: wire.passport === undefined ? null : passportFromWire(wire.passport),
  };
}

/** One line, for a pipe between two processes of one program. */
export function renderContents(contents: DriveContents): string {
  return JSON.stringify(WireContents.toJSON(contentsToWire(contents)));
}

/** `null`: the text is none. */
export function parseContents(text: string): DriveContents | null {
  try {
    return contentsFromWire(WireContents.fromJSON(JSON.parse(text)));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

type WirePassport = NonNullable<WireContents["passport"]>;

function passportToWire({ media, ...passport }: SeenPassport): WirePassport {
  return { ...passport, mediaName: media?.name ?? "", mediaRevision: media?.revision ?? 0 };
}

function passportFromWire({ mediaName, mediaRevision, ...passport }: WirePassport): SeenPassport {
  const media = mediaName === "" ? null : { name: mediaName, revision: mediaRevision };
  return { ...passport, media };
}
