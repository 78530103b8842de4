import type { Level } from './entry.ts';

/** How the lines of JSON of one logger are to be read, for the entries that are made of a line without parsing it. */
export interface LineProfile {
  levelKey: string;
  timeKey: string;
  messageKey: string;
  /** What the value of the level field means, whatever it is; undefined: such a line is to be parsed. */
  level(value: unknown): LineLevel | undefined;
}

export interface LineLevel {
  level: Level;
  /** Whether lines of this level are sent. */
  isWanted: boolean;
  /** Whether {@link level} says it all, so that the field is not needed in `extra`. */
  isUsed: boolean;
}
