import type { JsonValue, Level } from '@tracehub/core-sender';
import { Type, type TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';

/** An entry whose fields have the right JSON types; limits are checked apart, see `validate-entry.ts`. */
export interface ShapedEntry {
  id?: string;
  level: Level;
  message: string;
  timestamp: string;
  service?: string;
  environment?: string;
  host?: string;
  pid?: number | string | boolean;
  thread_id?: string;
  sdk_version?: string;
  trace_id?: string;
  module?: string;
  stack_trace?: string | null;
  error_type?: string | null;
  error_message?: string | null;
  extra?: { [key: string]: JsonValue };
}

const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;
const text = (): TSchema => Type.Optional(Type.String({ description: 'a string' }));
const textOrNull = (): TSchema =>
  Type.Optional(Type.Union([Type.String(), Type.Null()], { description: 'a string or null' }));

// Of several faults the one that comes first here is named.
const properties: Record<keyof ShapedEntry, TSchema> = {
  level: Type.Union(
    levels.map((level) => Type.Literal(level)),
    { description: `one of ${levels.join(', ')}` },
  ),
  message: Type.String({ description: 'a string' }),
  timestamp: Type.String({ description: 'a string' }),
  id: text(),
  service: text(),
  environment: text(),
  host: text(),
  // What the original server takes for an integer, it takes from a string or a boolean too.
  pid: Type.Optional(
    Type.Union([Type.Integer(), Type.String({ pattern: '^\\s*[+-]?\\d{1,20}\\s*$' }), Type.Boolean()], {
      description: 'an integer',
    }),
  ),
  thread_id: text(),
  sdk_version: text(),
  trace_id: text(),
  module: text(),
  stack_trace: textOrNull(),
  error_type: textOrNull(),
  error_message: textOrNull(),
  extra: Type.Optional(Type.Object({}, { description: 'an object' })),
};

const checker = TypeCompiler.Compile(Type.Object(properties));

/** The field and reason that make a value no entry, or `undefined` when its types are right. */
export function findShapeFault(value: unknown): { field: string; reason: string } | undefined {
  if (checker.Check(value)) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { field: '', reason: `an entry must be an object, not ${typeName(value)}` };
  }
  const wrong = new Set([...checker.Errors(value)].map((error) => error.path.split('/')[1]));
  const field = Object.keys(properties).find((name) => wrong.has(name)) as keyof ShapedEntry;
  const allowed = properties[field].description as string;
  const given: unknown = (value as ShapedEntry)[field];
  return {
    field,
    reason: given === undefined ? 'is missing' : `must be ${allowed}, not ${typeName(given)}`,
  };
}

/** A short value as it stands, anything else by its kind. */
function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  const shown = JSON.stringify(value);
  return shown.length <= 40 ? shown : `a ${typeof value}`;
}
