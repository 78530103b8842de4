import { containers } from './hostile/containers.ts';
import { errors } from './hostile/errors.ts';
import type { HostileValue } from './hostile/hostile-value.ts';
import { records } from './hostile/records.ts';
import { scalars } from './hostile/scalars.ts';
import { traps } from './hostile/traps.ts';

export type { HostileValue } from './hostile/hostile-value.ts';

/** Values to be logged as a field, as the message, as the error, as a child's binding. */
export const hostileValues: readonly HostileValue[] = [
  ...named('scalar', scalars),
  ...named('container', containers),
  ...named('trap', traps),
  ...named('error', errors),
];

/** Objects to be logged or bound as they are, because their keys are the point. */
export const hostileRecords: readonly HostileValue[] = named('record', records);

function named(kind: string, values: readonly HostileValue[]): HostileValue[] {
  return values.map((value) => ({ ...value, name: `${kind}: ${value.name}` }));
}
