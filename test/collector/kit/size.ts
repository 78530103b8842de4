/** `TRACEHUB_FULL=1` runs at the size the goals name, else at the size of CI. */
export const isFull: boolean = process.env['TRACEHUB_FULL'] === '1';

export const size = <T>(ofCi: T, ofFull: T): T => (isFull ? ofFull : ofCi);
