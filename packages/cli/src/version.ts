/** Name and version, for `--version` and `sdk_version`; written by `packages/stamp-version.mjs`. */
export const SDK_VERSION = 'cli/0.0.0';
