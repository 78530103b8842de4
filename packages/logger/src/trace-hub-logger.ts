import { type AdapterProfile, ERROR_KEYS, type SenderOptions, createSender } from '@tracehub/core-sender';
import { type LoggerLevel, checkLevel } from './level.ts';
import { Logger } from './logger.ts';
import { FIELD_NAMES } from './to-record.ts';
import { SDK_VERSION } from './version.ts';

const PROFILE: AdapterProfile = {
  sdkVersion: SDK_VERSION,
  // Its own words come first; the rest is what those write who come from another logger.
  errorKeys: ['exception', FIELD_NAMES.excInfo, ...ERROR_KEYS],
  synonyms: FIELD_NAMES,
};

/** The sender's options, with `level` in this logger's words. Default: everything is sent. */
export interface TraceHubLoggerOptions extends Omit<SenderOptions, 'level'> {
  level?: LoggerLevel;
}

/** Logs to TraceHub without a logging library. */
export class TraceHubLogger extends Logger {
  /** @throws TraceHubConfigError for an option that cannot be used. */
  constructor(options: TraceHubLoggerOptions = {}) {
    checkLevel(options.level);
    super(createSender(options, PROFILE));
  }
}
