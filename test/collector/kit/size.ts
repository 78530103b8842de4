const isFull = process.env['TRACEHUB_FULL'] === '1';

/** `TRACEHUB_FULL=1` runs at the size the goals name, else at the size of CI. */
export const size = <T>(ofCi: T, ofFull: T): T => (isFull ? ofFull : ofCi);
