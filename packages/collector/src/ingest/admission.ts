import { HttpProblem } from '../http-problem.ts';

/** Bytes of bodies, as they came and inflated, that requests may hold until they are answered. */
const maxHeldBytes = 256 * 1024 * 1024;

/** What requests under way hold in memory together: beyond a bound, more is refused until some is answered. */
export class Admission {
  #held = 0;

  /** Runs one request; `hold` counts bytes for it, and throws a 503 when there is no room for them. */
  async admit<T>(work: (hold: (bytes: number) => void) => Promise<T>): Promise<T> {
    let own = 0;
    try {
      return await work((bytes) => {
        if (this.#held + bytes > maxHeldBytes) {
          throw new HttpProblem(503, 'too many entries are waiting to be stored', { 'retry-after': '1' });
        }
        this.#held += bytes;
        own += bytes;
      });
    } finally {
      this.#held -= own;
    }
  }
}
