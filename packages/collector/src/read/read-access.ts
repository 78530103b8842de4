import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { HttpProblem } from '../http-problem.ts';
import type { KeyCache } from '../keys/key-cache.ts';
import { isLoopbackHostHeader } from '../loopback.ts';

/** What decides who may read which project. */
export interface ReadAccessSettings {
  /** Read tokens of all projects. */
  tokens: Pick<KeyCache, 'findProject'>;
  /** The project that is shown to whoever needs no token, and to whoever has `readToken`. */
  defaultProject: number;
  /** The token given in the settings; without it, reading the default project is open on loopback. */
  readToken: string | undefined;
}

/** Finds the project a request may read, or throws the answer that refuses it. */
export class ReadAccess {
  readonly #settings: ReadAccessSettings;

  constructor(settings: ReadAccessSettings) {
    this.#settings = settings;
  }

  /**
   * A token is for the project it was made for. Without one, and with none demanded, the collector listens on
   * loopback only, and then a browser is the one stranger who could ask: it gives itself away by the host name
   * it was told to call.
   */
  async findProject(headers: IncomingHttpHeaders): Promise<number> {
    const { tokens, defaultProject, readToken } = this.#settings;
    if (headers.authorization === undefined && readToken === undefined) {
      if (isLoopbackHostHeader(headers.host)) return defaultProject;
      throw new HttpProblem(
        403,
        'without a read token, logs are readable under localhost, 127.0.0.1 or [::1] only',
      );
    }
    const given = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
    if (given !== undefined) {
      if (readToken !== undefined && isEqual(given, readToken)) return defaultProject;
      const project = await tokens.findProject(given);
      if (project !== undefined) return project;
    }
    throw new HttpProblem(401, 'reading needs the header Authorization: Bearer with a read token', {
      'www-authenticate': 'Bearer',
    });
  }
}

/** Compares in a time that depends on neither text. */
function isEqual(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
