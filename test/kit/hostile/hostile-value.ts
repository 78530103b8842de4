/** A value nobody should log, made afresh for each use. */
export interface HostileValue {
  name: string;
  /** `again` logs a harmless record through the logger the value is given to. */
  make: (again: () => void) => unknown;
  /** Loggers' own serialisers need seconds or gigabytes for it, or never come to an end. */
  isHeavy?: true;
}

/** A list of hostile values from their names and makers. */
export function hostile(makers: Record<string, HostileValue['make']>): HostileValue[] {
  return Object.entries(makers).map(([name, make]) => ({ name, make }));
}

/** The same for those that are heavy. */
export function heavy(makers: Record<string, HostileValue['make']>): HostileValue[] {
  return hostile(makers).map((value) => ({ ...value, isHeavy: true }));
}

/** Throws; for getters, traps and methods. */
export function boom(): never {
  throw new Error('boom');
}
