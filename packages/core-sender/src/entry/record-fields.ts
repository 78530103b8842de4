import { errorText } from '../errors.ts';
import { sliceText } from './text.ts';
import { type JsonWriter, getterMark } from './value-to-json.ts';

/** Stands in `extra` for fields that could not be read. */
export const UNREADABLE_KEY = 'tracehub_unreadable';

/** A field that has a meaning of its own, as the record at hand has it. */
export class KnownField {
  /** undefined where the record has no such field, or reading it threw. */
  value: unknown = undefined;
  /** Whether a column of the entry has it: then it does not go to `extra` as well. */
  isTaken = false;

  /** Takes the value if it is one a text column can hold: what is no text, number or boolean, or is empty, is left. */
  takeText(): string | undefined {
    const { value } = this;
    if (value === undefined || value === '') return undefined;
    const type = typeof value;
    if (type !== 'string' && type !== 'number' && type !== 'bigint' && type !== 'boolean') return undefined;
    this.isTaken = true;
    return String(value as string);
  }
}

/**
 * The fields of one record after another. Each is read once, in one pass over those that are there: of the many keys
 * that mean something a record has few.
 */
export class RecordFields {
  readonly #known = new Map<string, KnownField>();
  #owner: object | undefined;
  /** What a Proxy threw that cannot even be asked for its keys. */
  #failure: string | undefined;
  readonly #keys: string[] = [];
  readonly #values: unknown[] = [];
  /** The fields that are known, at the place of their key. */
  readonly #meanings: (KnownField | undefined)[] = [];

  /** The field of this name, looked for from now on. */
  know(key: string): KnownField {
    let field = this.#known.get(key);
    if (!field) this.#known.set(key, (field = new KnownField()));
    return field;
  }

  /** Reads a record's fields, but for those the adapter has used up. */
  read(fields: object | undefined, used: ReadonlySet<string> | undefined): void {
    if (fields === undefined) return;
    this.#owner = fields;
    for (const key of this.#keysOf(fields)) {
      const known = this.#known.get(key);
      const isUsed = used !== undefined && used.has(key);
      if (isUsed && known === undefined) continue;
      let value: unknown;
      try {
        value = (fields as Record<string, unknown>)[key];
        if (known) known.value = value;
      } catch (error) {
        value = getterMark(error);
      }
      if (known) known.isTaken = isUsed;
      this.#keys.push(key);
      this.#values.push(value);
      this.#meanings.push(known);
    }
  }

  /** Lets go of the record. */
  forget(): void {
    this.#owner = undefined;
    this.#failure = undefined;
    for (const known of this.#meanings) {
      if (known) known.value = undefined;
    }
    this.#keys.length = this.#values.length = this.#meanings.length = 0;
  }

  /** Whether a field of this name is left. */
  hasLeft(key: string): boolean {
    const place = this.#keys.indexOf(key);
    return place !== -1 && this.#meanings[place]?.isTaken !== true;
  }

  /** The fields that no column took, and that `without` does not have, as a JSON object without its closing brace, or ''. */
  writeLeft(writer: JsonWriter, without: object | undefined): string {
    let json = '';
    if (this.#owner === undefined) return json;
    writer.begin(this.#owner);
    if (this.#failure !== undefined) return writer.member(json, UNREADABLE_KEY, this.#failure, 2);
    const keys = this.#keys;
    let members = 0;
    for (let place = 0; place < keys.length; place++) {
      const key = keys[place]!;
      if (this.#meanings[place]?.isTaken === true) continue;
      if (without !== undefined && Object.hasOwn(without, key)) continue;
      if (!writer.hasRoom(members++)) return writer.cutMark(json);
      const value = this.#values[place];
      if (value !== undefined) json = writer.member(json, key, value, 2);
    }
    return json;
  }

  #keysOf(fields: object): readonly string[] {
    try {
      return Object.keys(fields);
    } catch (error) {
      this.#failure = sliceText(errorText(error), 200);
      return [];
    }
  }
}
