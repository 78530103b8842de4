import { readFileSync } from 'node:fs';
import { CliError } from '../cli-error.ts';
import { type TransportOptions, toTransportOptions } from './adapter-options.ts';

/** The options in a JSON file, unchecked: the same as an app gives to its transport, or pino's `{ target, options }`. */
export function readConfigFile(path: string): TransportOptions {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(`--config: ${path} cannot be read: ${(error as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError(`--config: ${path} is not JSON: ${(error as Error).message}`);
  }
  if (!isObject(value)) {
    throw new CliError(`--config: ${path} must hold an object of options, such as { "endpoint": … }`);
  }
  return toTransportOptions(isObject(value['options']) ? value['options'] : value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
