import { type AdapterProfile, ERROR_KEYS } from '@tracehub/core-sender';
import type { LineReader } from './line-reader.ts';
import { SDK_VERSION } from './version.ts';

/** How the records of pino are to be read, with what is special about the place they are read in. */
export function pinoProfile(reader: LineReader, place: Partial<AdapterProfile> = {}): AdapterProfile {
  return {
    sdkVersion: SDK_VERSION,
    moduleKeys: ['module', 'name'],
    hostKey: 'hostname',
    pidKey: 'pid',
    ...place,
    // pino's configuration can come after the sender was made.
    get errorKeys() {
      return [reader.errorKey, ...ERROR_KEYS];
    },
    get line() {
      return reader.profile;
    },
  };
}
