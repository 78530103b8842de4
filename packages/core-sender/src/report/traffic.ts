/** What went over the wire, counted per attempt. */
export interface Traffic {
  /** Requests made, probes included. */
  requests: number;
  /** Attempts after the first of a batch. */
  retries: number;
  /** JSON before gzip. */
  rawBytes: number;
  /** Bodies as sent. */
  wireBytes: number;
  /** Entries in answers of status 202 whose body could not be read. */
  unconfirmed: number;
}
