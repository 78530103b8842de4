/** A call to the file system; see `fs-hook.mjs`. */
export interface FileCall {
  /** The bare name, without `Sync`. */
  name: string;
  path: string;
  args: unknown[];
}

export interface Verdict {
  instead(): unknown;
}

export function hookFileSystem(
  directory: string,
  hook: (call: FileCall) => Verdict | undefined,
): () => boolean;
