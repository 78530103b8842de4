import { readFileSync } from 'node:fs';
import type { SenderOptions } from '@tracehub/core-sender';
import { CliError } from '../cli-error.ts';

/** The sender options in a JSON file, unchecked: the same as an app gives to its transport. */
export function readConfigFile(path: string): SenderOptions {
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
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CliError(`--config: ${path} must hold an object of sender options, such as { "endpoint": … }`);
  }
  return value;
}
