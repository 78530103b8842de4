import { getTraceId } from '../trace.ts';
import { type ErrorFields, errorToFields } from './error-fields.ts';
import { isErrorLike } from './error-parts.ts';
import { ERROR_KEYS } from './find-error.ts';
import { MAX_PID } from './limits.ts';
import { type AdapterProfile, DEFAULT_MODULE_KEYS, type SearchedRecord } from './record.ts';
import { type KnownField, RecordFields } from './record-fields.ts';
import { boundStack } from './stack-trace.ts';

/** What a record says, sorted into the columns of the entry; what no column took is left in the fields, for `extra`. */
export interface Columns {
  host: string | undefined;
  pid: number | undefined;
  module: string | undefined;
  traceId: string | undefined;
  threadId: string | undefined;
  errorType: string | undefined;
  errorMessage: string | undefined;
  stackTrace: string | undefined;
  /** The error's own stack where the column has another one, or could not use it. */
  restOfStack: string | undefined;
  error: ErrorFields | undefined;
}

/** Sorts the records of one adapter, one after another. */
export class RecordColumns {
  readonly fields: RecordFields = new RecordFields();
  /** The field `extra`, whose members are spread. */
  readonly extra: KnownField = this.fields.know('extra');
  readonly #profile: AdapterProfile;
  readonly #host: KnownField | undefined;
  readonly #pid: KnownField | undefined;
  readonly #modules: readonly KnownField[];
  readonly #traceId = this.fields.know('trace_id');
  readonly #threadId = this.fields.know('thread_id');
  readonly #errorType = this.fields.know('error_type');
  readonly #errorMessage = this.fields.know('error_message');
  readonly #stackTrace = this.fields.know('stack_trace');
  readonly #excInfo = this.fields.know('exc_info');
  #errorKeys: readonly string[] | undefined;
  #errors: readonly KnownField[] = [];

  constructor(profile: AdapterProfile) {
    const { hostKey, pidKey, moduleKeys = DEFAULT_MODULE_KEYS } = profile;
    this.#profile = profile;
    this.#host = hostKey === undefined ? undefined : this.fields.know(hostKey);
    this.#pid = pidKey === undefined ? undefined : this.fields.know(pidKey);
    this.#modules = moduleKeys.map((key) => this.fields.know(key));
  }

  read(record: SearchedRecord): Columns {
    this.#lookForErrors();
    this.fields.read(record.fields, record.used);
    const given = this.#stackTrace.takeText();
    const error = this.#error(record);
    const excInfo = this.#excInfo.value;
    if (typeof excInfo === 'boolean') this.#excInfo.isTaken = true;
    const isCallWanted = excInfo === true && !error;
    const captured = isCallWanted ? (record.callerStack ?? this.#profile.callerStack?.()) : undefined;
    return {
      host: this.#host?.takeText(),
      pid: this.#takePid(),
      module: this.#takeModule(),
      traceId: this.#traceId.takeText() ?? ('traceId' in record ? record.traceId : getTraceId()),
      threadId: this.#threadId.takeText(),
      errorType: this.#errorType.takeText(),
      errorMessage: this.#errorMessage.takeText(),
      stackTrace: given === undefined ? (error?.stackTrace ?? (captured || undefined)) : boundStack(given),
      restOfStack: error?.rawStack ?? (given === undefined ? undefined : error?.stackTrace),
      error,
    };
  }

  /** The error handed over, a field named for it, the message; at last, where it matters, any other field. */
  #error(record: SearchedRecord): ErrorFields | undefined {
    if (isErrorLike(record.error)) return errorToFields(record.error);
    for (const field of this.#errors) {
      if (!isErrorLike(field.value)) continue;
      field.isTaken = true;
      return errorToFields(field.value);
    }
    if (isErrorLike(record.message)) return errorToFields(record.message);
    return record.nested && errorToFields(record.nested.error);
  }

  #takePid(): number | undefined {
    const pid = this.#pid?.value;
    if (!isPid(pid)) return undefined;
    this.#pid!.isTaken = true;
    return pid;
  }

  #takeModule(): string | undefined {
    for (const field of this.#modules) {
      const text = field.takeText();
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** Asked each time: pino's can come after the sender was made. */
  #lookForErrors(): void {
    const keys = this.#profile.errorKeys ?? ERROR_KEYS;
    if (keys === this.#errorKeys) return;
    this.#errorKeys = keys;
    this.#errors = keys.map((key) => this.fields.know(key));
  }
}

function isPid(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_PID;
}
