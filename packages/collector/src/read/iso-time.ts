/** SQL for a time with the six digits it was sent with, which a JavaScript Date would cut to three. */
export function isoTime(expression: string): string {
  return `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}
