import { fail, ok, type Result } from "@stickfarm/common/result";

export type SourceOptions = {
  readonly path?: string;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly cmdline?: string;
  readonly loaders?: string;
};

/** What a boot image is made of. */
export type Source =
  | { readonly kind: "path"; readonly path: string; readonly loadersRoot: string }
  | {
      readonly kind: "kernel";
      readonly kernelPath: string;
      readonly initrdPath: string | null;
      readonly commandLine: string;
      readonly loadersRoot: string;
    };

/** Problems: usage, unless exactly one of a path and a kernel is named. */
export function parseSource(options: SourceOptions): Result<Source> {
  const { path, kernel, initrd, cmdline, loaders } = options;
  if (kernel !== undefined && path !== undefined)
    return refuse(`"${path}" and --kernel are named, must be one of them`);
  if (kernel !== undefined)
    return ok({
      kind: "kernel",
      kernelPath: kernel,
      initrdPath: initrd ?? null,
      commandLine: cmdline ?? "",
      loadersRoot: loaders ?? "/",
    });
  if (path === undefined) return refuse("nothing is named, must be a folder, an ISO or --kernel");
  const more = Object.entries({ initrd, cmdline }).find(([, value]) => value !== undefined);
  if (more !== undefined) return refuse(`--${more[0]} belongs to --kernel, and "${path}" is named`);
  return ok({ kind: "path", path, loadersRoot: loaders ?? "/" });
}

function refuse(why: string): Result<never> {
  return fail({ code: "usage", detail: `Cannot add a boot image: ${why}` });
}
