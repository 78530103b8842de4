/** A setting that cannot be used; the message names the setting, where it was given and what is allowed. */
export class CollectorConfigError extends Error {
  override readonly name = 'CollectorConfigError';
  /** Stable, for programs; the message is for people. */
  readonly code = 'TRACEHUB_COLLECTOR_CONFIG';
}
