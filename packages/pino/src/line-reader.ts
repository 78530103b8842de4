import {
  type Level,
  type LineLevel,
  type LineProfile,
  type LogRecord,
  TraceHubConfigError,
  levelFromName,
  levelFromNumber,
} from '@tracehub/core-sender';
import { errorRemains } from './error-remains.ts';
import { parseExactJson } from './exact-json.ts';
import { PINO_DEFAULTS, type PinoConfig } from './pino-config.ts';

/** How every line of pino starts that has both fields; read where the rest of the line is not JSON. */
const SCALAR = String.raw`(0|[1-9]\d*|"[^"\\\x00-\x1f]*")`;
const HEAD = new RegExp(`^\\{"level":${SCALAR},"time":${SCALAR},`);

/** Where a level that is only a name stands among the numbers. */
const RANK: Record<Level, number> = { DEBUG: 20, INFO: 30, WARN: 40, ERROR: 50, FATAL: 60 };

/** pino's own numbers; any other stays in `extra.level`: the server's level is only its threshold. */
const STANDARD: ReadonlySet<number> = new Set(Object.values(PINO_DEFAULTS.levels));

/** Turns lines of pino into records, by pino's own configuration. */
export class LineReader {
  readonly #least: string | number | undefined;
  #config: PinoConfig = PINO_DEFAULTS;
  #used: ReadonlySet<string> = new Set();
  #usedOfCustomLevel: ReadonlySet<string> = new Set();
  #leastNumber = Number.NEGATIVE_INFINITY;
  #isConfigured = false;
  #profile!: LineProfile;

  /** @param level Least severe level to read, by name or number; lines below it give no record. */
  constructor(level: string | number | undefined) {
    this.#least = level;
    this.configure(PINO_DEFAULTS);
    this.#isConfigured = false;
  }

  /** Whether anybody has said how to read; until then it is done as for a pino that is told nothing. */
  get isConfigured(): boolean {
    return this.#isConfigured;
  }

  get errorKey(): string {
    return this.#config.errorKey;
  }

  /** For lines that need no parsing; another one after each configuration. */
  get profile(): LineProfile {
    return this.#profile;
  }

  configure(config: PinoConfig): void {
    this.#config = config;
    this.#profile = {
      levelKey: 'level',
      timeKey: 'time',
      messageKey: config.messageKey,
      level: (given) => this.#lineLevel(given),
    };
    this.#isConfigured = true;
    this.#usedOfCustomLevel = new Set(['time', config.messageKey]);
    this.#used = new Set(['level', ...this.#usedOfCustomLevel]);
    // A name that is not known (yet) lets everything through: better too much than lost.
    this.#leastNumber = this.#numberOf(this.#least) ?? Number.NEGATIVE_INFINITY;
  }

  /** @throws TraceHubConfigError if the option `level` is a name that pino does not have. */
  checkLevel(): void {
    if (this.#least === undefined || this.#numberOf(this.#least) !== undefined) return;
    const names = Object.keys(this.#config.levels).join(', ');
    throw new TraceHubConfigError(
      'level',
      `option level must be a number or one of this logger's levels (${names}), got ${JSON.stringify(this.#least)}`,
    );
  }

  /** The record of a line; undefined for an empty one and for one below `level`. Never throws. */
  read(line: string): LogRecord | undefined {
    const fields = lineToFields(line);
    if (!fields) return this.#readText(line);
    const { level: given = fields['severity'], time } = fields;
    const level = this.#levelOf(given);
    if (this.#isBelow(given, level)) return undefined;
    const remains = errorRemains(fields, this.errorKey);
    const used = this.#isCustom(given) ? this.#usedOfCustomLevel : this.#used;
    return {
      level,
      message: fields[this.#config.messageKey],
      time,
      fields,
      used: remains.length === 0 ? used : new Set([...used, ...remains]),
    };
  }

  /** A line that is no JSON object is its own message. pino writes such lines for a few values it cannot serialise. */
  #readText(line: string): LogRecord | undefined {
    if (line.trim() === '') return undefined;
    const head = HEAD.exec(line);
    if (!head) return { level: 'INFO', message: line, isUnread: line.startsWith('{') };
    const given: unknown = JSON.parse(head[1]!);
    const level = this.#levelOf(given);
    if (this.#isBelow(given, level)) return undefined;
    return { level, message: line, isUnread: true, time: JSON.parse(head[2]!) };
  }

  #lineLevel(given: unknown): LineLevel {
    const level = this.#levelOf(given);
    return { level, isWanted: !this.#isBelow(given, level), isUsed: !this.#isCustom(given) };
  }

  #levelOf(given: unknown): Level {
    const number = this.#numberOf(given);
    if (number !== undefined) return levelFromNumber(number);
    return (typeof given === 'string' ? levelFromName(given) : undefined) ?? 'INFO';
  }

  #isCustom(given: unknown): boolean {
    const number = this.#numberOf(given);
    return number !== undefined && !STANDARD.has(number);
  }

  #isBelow(given: unknown, level: Level): boolean {
    return given !== undefined && (this.#numberOf(given) ?? RANK[level]) < this.#leastNumber;
  }

  #numberOf(level: unknown): number | undefined {
    if (typeof level === 'number') return level;
    if (typeof level !== 'string') return undefined;
    const { levels } = this.#config;
    if (Object.hasOwn(levels, level)) return levels[level];
    // formatters.level often does no more than change the case.
    const lower = level.toLowerCase();
    return Object.hasOwn(levels, lower) ? levels[lower] : undefined;
  }
}

function lineToFields(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return parseExactJson(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
