import { createLogUpdate } from "log-update";
import type { BuildPicture } from "../connect/build-picture.ts";
import { writeStreamed } from "../output/write-answer.ts";
import { answer, type Session } from "../shell/session.ts";
import { canDraw, readLook } from "../shell/terminal.ts";
import { describeBuild, NOTHING_SAID } from "../view/describe-build.ts";
import { observeBuild, type WatchedBuild } from "../view/observe-build.ts";
import { renderBuild } from "../view/render-build.ts";

/** Shows each picture of the builds that are watched as the place that it goes to can take it. */
export type Painter = {
  readonly show: (picture: BuildPicture) => void;
  /** Leaves the last picture standing and gives the terminal back. */
  readonly close: () => void;
};

/** A terminal gets a drawing, a pipe gets lines, a program gets every view. */
export function startPainter(session: Session): Painter {
  if (session.format !== "table") return startStreaming(session);
  return canDraw(session.io.stdout, session.io.env) ? startDrawing(session) : startTelling(session);
}

function startStreaming(session: Session): Painter {
  return {
    show: (picture) => writeStreamed(session, picture, () => ""),
    close: () => undefined,
  };
}

function startTelling(session: Session): Painter {
  const said = new Map<string, typeof NOTHING_SAID>();
  return {
    show: (picture) => {
      const told = describeBuild(said.get(picture.buildId) ?? NOTHING_SAID, picture);
      said.set(picture.buildId, told.said);
      for (const line of told.lines) answer(session, `${line}\n`);
    },
    close: () => undefined,
  };
}

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
/** Without news the time that a drive stands still grows on, and the terminal may have another size. */
const REDRAW_MS = 500;
/** Not an empty line: log-update 7.2 loses count of its lines when what changed ends in one. */
const BETWEEN_BUILDS = "\n \n";

function startDrawing(session: Session): Painter {
  const { io } = session;
  // log-update would hide the cursor of stderr, which may be another terminal or none.
  const update = createLogUpdate(io.stdout, { showCursor: true });
  const builds = new Map<string, WatchedBuild>();
  const render = (last: boolean): string => {
    const { columns, rows, utf8 } = readLook(io.stdout, io.env);
    // Builds share the screen evenly, with an empty line between them.
    const share = Math.floor(rows / Math.max(1, builds.size)) - 1;
    const look = { columns, rows: last ? null : share, color: session.color, utf8 };
    return [...builds.values()]
      .map((build) => renderBuild(build, { ...look, nowMs: io.nowMs() }).join("\n"))
      .join(BETWEEN_BUILDS);
  };
  const redraw = setInterval(() => update(render(false)), REDRAW_MS);
  io.stdout.write(HIDE_CURSOR);
  return {
    show: (picture) => {
      const { buildId } = picture;
      builds.set(buildId, observeBuild(builds.get(buildId) ?? null, picture, io.nowMs()));
      update(render(false));
    },
    close: () => {
      clearInterval(redraw);
      const last = render(true);
      update.clear();
      io.stdout.write(last === "" ? SHOW_CURSOR : `${last}\n${SHOW_CURSOR}`);
    },
  };
}
