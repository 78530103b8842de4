import { listDestinations } from '../letters/destinations.ts';
import { type Survey, survey } from '../letters/survey.ts';
import type { Settings } from '../settings/settings.ts';
import type { HttpAnswer } from '../http/ask.ts';
import { type Route, routeTo } from '../http/route.ts';

/** What the checks know: given at the start, or found out by an earlier check. */
export class Facts {
  readonly settings: Settings;
  readonly environment: NodeJS.ProcessEnv;
  readonly readToken: string | undefined;
  /** Whether a real entry may be sent. */
  readonly maySend: boolean;
  /** What the server said to an empty batch. */
  answer: HttpAnswer | undefined;
  /** Trace id of the real entry, once it is delivered. */
  sentTraceId: string | undefined;
  #surveys: Promise<Survey[]> | undefined;

  constructor(
    settings: Settings,
    environment: NodeJS.ProcessEnv,
    readToken: string | undefined,
    maySend: boolean,
  ) {
    this.settings = settings;
    this.environment = environment;
    this.readToken = readToken;
    this.maySend = maySend;
  }

  get endpoint(): URL {
    return new URL(this.settings.options.endpoint);
  }

  get timeout(): number {
    return this.settings.options.timeout;
  }

  /** Whether the server took an empty batch. */
  get isTaking(): boolean {
    return this.answer?.status === 202 || this.answer?.status === 200;
  }

  /** How requests get to the endpoint. */
  get route(): Route {
    return routeTo(this.endpoint, this.environment);
  }

  /** What lies in the dead-letter directory, by destination; read once. */
  surveys(dlqPath: string): Promise<Survey[]> {
    this.#surveys ??= listDestinations(dlqPath).then(async (all) => {
      const surveys: Survey[] = [];
      for (const destination of all) surveys.push(await survey(destination));
      return surveys;
    });
    return this.#surveys;
  }

  /** That of the configured endpoint and key. */
  async ownSurvey(dlqPath: string): Promise<Survey | undefined> {
    const surveys = await this.surveys(dlqPath);
    return surveys.find(({ destination }) => destination.name === this.settings.destination);
  }
}
