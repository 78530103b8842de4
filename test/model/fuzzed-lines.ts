import {
  KNOWN_KEYS,
  MESSAGE_KEYS,
  ODD_KEYS,
  ODD_LEVELS,
  ODD_NUMBERS,
  ODD_PIDS,
  ODD_TEXTS,
  ODD_TIMES,
  ODD_WORDS,
  PLAIN_KEYS,
  PLAIN_TEXTS,
  STRAY,
  USUAL_LEVELS,
} from './line-fragments.ts';

/**
 * Lines as pino writes them, and many that are nearly so: what is odd about a line stands among what is not. A third
 * of the lines have nothing odd about them, a third something here and there, a third a lot.
 */
export class FuzzedLines {
  readonly #random: () => number;
  readonly #wall: number;
  #oddity = 0;
  #usedKeys = new Set<string>();

  constructor(random: () => number, wall: number) {
    this.#random = random;
    this.#wall = wall;
  }

  next(): string {
    this.#oddity = this.#pick([0, 0.1, 1]);
    this.#usedKeys.clear();
    const line = this.#isOdd(0.25) ? this.#anyMembers() : this.#likePino();
    return this.#isOdd(0.15) ? this.#damaged(line) : line;
  }

  #likePino(): string {
    const head = ['"level"', '"time"', '"pid"', '"hostname"'].map(
      (key, index) => `${key}:${this.#columns(index)}`,
    );
    const own = this.#times(6, () => (this.#isOdd(0.2) ? this.#knownMember() : this.#member(1)));
    const text = this.#isOdd(0.1) ? this.#value(1) : this.#string();
    const message = this.#isOdd(0.05) ? [] : [`"${this.#pick(MESSAGE_KEYS)}":${text}`];
    const members = [...head.filter(() => !this.#isOdd(0.05)), ...own, ...message];
    // A key of a line stands twice where a child's binding has the name of a field.
    if (this.#isOdd(0.1)) members.splice(this.#below(members.length + 1), 0, this.#pick(members));
    return `{${members.join(',')}}`;
  }

  #anyMembers(): string {
    return `{${this.#times(8, () => (this.#chance(0.5) ? this.#member(1) : this.#knownMember())).join(',')}}`;
  }

  #columns(index: number): string {
    if (this.#isOdd(0.05)) return this.#value(1);
    return [() => this.#level(), () => this.#time(), () => this.#pid(), () => this.#host()][index]!();
  }

  #level(): string {
    return this.#pick(this.#isOdd(0.3) ? ODD_LEVELS : USUAL_LEVELS);
  }

  #time(): string {
    const day = 24 * 60 * 60 * 1000;
    const now = this.#wall - this.#below(3);
    const ages = [0, 1, 999, 1000, 31 * day - 1, 31 * day, 31 * day + 1, -day, 1 - day, -1 - day, 40 * day];
    const ms = this.#isOdd(0.3) ? this.#wall - this.#pick(ages) : now;
    const forms = [
      `${ms}`,
      `"${new Date(ms).toISOString()}"`,
      `${Math.floor(ms / 1000)}`,
      `${ms / 1000}`,
      `${ms}.5`,
      `"${ms}"`,
      `"${new Date(ms).toUTCString()}"`,
      `"${new Date(ms).toISOString().replace('Z', '456789Z')}"`,
      `"${new Date(ms).toISOString().replace('T', '\\u0054')}"`,
    ];
    if (!this.#isOdd(0.3)) return forms[this.#chance(0.8) ? 0 : 1]!;
    return this.#pick([...forms, ...ODD_TIMES, `${ms}0`]);
  }

  #pid(): string {
    if (!this.#isOdd(0.2)) return '4711';
    return this.#pick(ODD_PIDS);
  }

  #host(): string {
    if (!this.#isOdd(0.2)) return '"web-1"';
    return this.#pick([
      this.#string(),
      this.#textOf(this.#pick([254, 255, 256])),
      '""',
      '7',
      'null',
      'true',
      '[]',
    ]);
  }

  #member(depth: number): string {
    return `${this.#key()}:${this.#value(depth)}`;
  }

  #knownMember(): string {
    const key = this.#pick(KNOWN_KEYS);
    const value = this.#pick([
      () => this.#value(1),
      () => this.#string(),
      () => this.#textOf(this.#pick([0, 1, 63, 64, 65, 99, 100, 101, 255, 256])),
      () => this.#error(),
      () => this.#pick(['true', 'false', 'null', '0', '7', '-0', '{}', '[]', '""']),
    ])();
    return `"${key}":${value}`;
  }

  #key(): string {
    if (this.#isOdd(0.1)) return `"${this.#pick(ODD_KEYS)}"`;
    const key = this.#pick(PLAIN_KEYS) + (this.#isOdd(0.3) ? '' : this.#usedKeys.size);
    this.#usedKeys.add(key);
    return `"${key}"`;
  }

  #value(depth: number): string {
    if (this.#isOdd(0.08)) return this.#oddValue();
    const kind = this.#random();
    if (kind < 0.4) return this.#string();
    if (kind < 0.7) return this.#number();
    if (kind < 0.8 || depth > 4) return this.#pick(['true', 'false', 'null', '{}', '[]']);
    if (kind < 0.9) return `{${this.#times(4, () => this.#member(depth + 1)).join(',')}}`;
    return `[${this.#times(4, () => this.#value(depth + 1)).join(',')}]`;
  }

  #oddValue(): string {
    if (this.#chance(0.4)) return this.#nested();
    if (this.#chance(0.4)) return this.#error();
    return this.#pick(ODD_WORDS);
  }

  /** Containers in containers, to one below and above the limit. */
  #nested(): string {
    const depth = this.#pick([9, 10, 11, 12, 13]);
    let value = this.#pick(['1', '[]', '{}', '""']);
    for (let level = 0; level < depth; level++) value = this.#chance(0.5) ? `[${value}]` : `{"a":${value}}`;
    return value;
  }

  #error(): string {
    const stack = this.#pick([
      '"Error: m\\n    at f (/a/b.js:1:2)"',
      '"Error: m\\n    at f (/a/b.js:1:2)"',
      '"Error: m"',
      '7',
      '""',
    ]);
    const error = `{"type":"TypeError","message":${this.#pick(['"m"', '"m"', '7'])},"stack":${stack},"code":"E"}`;
    return this.#pick([error, `{"deep":${error}}`, `[${error}]`, `{"a":{"b":{"c":${error}}}}`]);
  }

  #number(): string {
    if (this.#isOdd(0.3)) return this.#pick(ODD_NUMBERS);
    const magnitude =
      10 ** this.#pick([0, 1, 3, 6, 9, 12, 15, 16, 17, 20, 21, 22, -3, -6, -7, -8, 300, -300]);
    const value = (this.#random() - 0.3) * magnitude;
    const text = String(
      this.#pick([Math.round(value), value, Number(value.toPrecision(5)), Number(value.toPrecision(15))]),
    );
    return this.#isOdd(0.1) ? text + this.#pick(['0', '.0', '.', 'e0', 'E1', '5', ' ']) : text;
  }

  #string(): string {
    if (this.#isOdd(0.05)) return this.#textOf(this.#pick([126, 127, 128, 129, 300]));
    const odd = this.#isOdd(0.15);
    return `"${this.#times(6, () => (odd && this.#chance(0.4) ? this.#pick(ODD_TEXTS) : this.#pick(PLAIN_TEXTS))).join('')}"`;
  }

  #textOf(length: number): string {
    const unit = this.#pick(['x', 'x', 'é', '\u4e2d', '\\n', '🐢']);
    return `"${unit.repeat(unit === '🐢' ? Math.ceil(length / 2) : length)}"`;
  }

  #damaged(line: string): string {
    const at = this.#below(line.length + 1);
    const [before, after] = [line.slice(0, at), line.slice(at)];
    return this.#pick([
      () => before,
      () => after,
      () => before + after.slice(1),
      () => before + this.#pick(STRAY) + after,
      () => line + this.#pick([' ', '\r', '\t', ',', '}', 'x', line, '\u0000']),
      () => this.#pick([' ', '\ufeff', '[', ',']) + line,
      () => line.replaceAll(',', ', '),
      () => line.replace(/[a-z]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`),
      () => line.replace(/"/g, () => (this.#chance(0.05) ? "'" : '"')),
    ])();
  }

  #times(most: number, make: () => string): string[] {
    return Array.from({ length: this.#below(most + 1) }, make);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #isOdd(share: number): boolean {
    return this.#random() < share * this.#oddity;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#below(values.length)]!;
  }
}
