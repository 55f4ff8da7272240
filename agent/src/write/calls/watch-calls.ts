import type { OpenDrive } from "./open-drive.ts";

export type CallKind = "read" | "write" | "flush";

/** What a drive was asked for and has not answered. */
export type OpenCall = {
  readonly call: CallKind;
  /** 0 for a flush. */
  readonly offsetBytes: number;
};

/** Counted since it was opened. */
export type DriveCalls = {
  /** That have ended, well or not. */
  readonly calls: number;
  readonly movedBytes: number;
  /** The oldest that has not ended. */
  readonly waiting: OpenCall | null;
};

/** The same drive, and what it is doing: calls hang in the kernel, and this process goes on and can tell of them. */
export function watchCalls(drive: OpenDrive): {
  readonly drive: OpenDrive;
  readonly calls: () => DriveCalls;
} {
  const open = new Set<OpenCall>();
  let calls = 0;
  let movedBytes = 0;
  const watch = async <Answer>(call: OpenCall, bytes: number, answer: Promise<Answer>) => {
    open.add(call);
    const answered = await answer;
    open.delete(call);
    calls += 1;
    movedBytes += bytes;
    return answered;
  };
  return {
    drive: {
      read: (buffer, offsetBytes) =>
        watch({ call: "read", offsetBytes }, buffer.length, drive.read(buffer, offsetBytes)),
      write: (buffer, offsetBytes) =>
        watch({ call: "write", offsetBytes }, buffer.length, drive.write(buffer, offsetBytes)),
      flush: () => watch({ call: "flush", offsetBytes: 0 }, 0, drive.flush()),
    },
    calls: () => {
      const [oldest = null] = open;
      return { calls, movedBytes, waiting: oldest };
    },
  };
}
