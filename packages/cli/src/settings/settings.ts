import type { SenderOptions } from '@tracehub/core-sender';
import {
  type OptionSource,
  type OptionsInspection,
  destinationName,
  inspectOptions,
} from '@tracehub/core-sender/dead-letters';
import { CliError } from '../cli-error.ts';
import type { AdapterOptions } from './adapter-options.ts';
import { readConfigFile } from './config-file.ts';

/** What flags say about the sender; the same options an app gives. */
export interface SenderFlags {
  endpoint?: string;
  apiKey?: string;
  service?: string;
  environment?: string;
  dlqPath?: string;
  timeout?: number;
  config?: string;
}

/** Something given for the key that cannot be one. */
interface RefusedKey {
  source: string;
  /** Why, in words that never show it. */
  fault: string;
}

type OptionName = keyof OptionsInspection['options'];

/** Those of a command's flags that are sender options. */
const SENDER_FLAGS = ['endpoint', 'apiKey', 'service', 'environment', 'dlqPath', 'timeout'] as const;

/** The sender's configuration as a command sees it: a flag beats the file, which beats the environment and the default. */
export class Settings {
  readonly inspection: OptionsInspection;
  /** What the file says to the logger's side of the transport. */
  readonly adapter: AdapterOptions;
  readonly #given: SenderOptions;
  readonly #flags: SenderOptions;
  readonly #file: string | undefined;

  /** `fixed`: what the command itself decides. */
  constructor(flags: SenderFlags, fixed: SenderOptions = {}) {
    const given = SENDER_FLAGS.filter((name) => flags[name] !== undefined);
    this.#file = flags.config;
    this.#flags = Object.fromEntries(given.map((name) => [name, flags[name]]));
    const fromFile = this.#file === undefined ? { sender: {}, adapter: {} } : readConfigFile(this.#file);
    this.#given = { ...fromFile.sender, ...this.#flags, ...fixed };
    this.inspection = inspectOptions(this.#given);
    this.adapter = fromFile.adapter;
  }

  get options(): OptionsInspection['options'] {
    return this.inspection.options;
  }

  /** Where the value of an option comes from, in words. */
  sourceOf(name: OptionName): string {
    const { from, variable }: OptionSource = this.inspection.sources[name];
    if (from === 'environment') return variable ?? 'environment';
    if (from === 'explicit') return this.#sourceOfGiven(name);
    const refused = name === 'apiKey' ? this.refusedKey : undefined;
    if (refused) return `${refused.source}, unusable`;
    return this.options[name] ? 'default' : 'not set';
  }

  /** Undefined where no key was given, or one that can be used. */
  get refusedKey(): RefusedKey | undefined {
    if (this.options.apiKey !== '') return undefined;
    const { problems, warnings } = this.inspection;
    const isGiven = this.#given.apiKey !== undefined;
    const source = isGiven ? this.#sourceOfGiven('apiKey') : 'TRACEHUB_API_KEY';
    const refusal = isGiven
      ? problems.find(({ option }) => option === 'apiKey')
      : warnings.find(({ message }) => message.startsWith(`${source} must`));
    return refusal && { source, fault: `the API key of ${source} cannot be used: ${refusal.message}` };
  }

  /** Name of the dead-letter directory of endpoint and key; undefined without a key. */
  get destination(): string | undefined {
    const { endpoint, apiKey } = this.options;
    return apiKey === '' ? undefined : destinationName(endpoint, apiKey);
  }

  /** The dead-letter directory; a command that needs one ends here if there is none. */
  get dlqPath(): string {
    this.require('dlqPath');
    const { dlqPath } = this.options;
    if (dlqPath === false) {
      throw new CliError(
        `there is no dead-letter directory (dlqPath is false, from ${this.sourceOf('dlqPath')}): ` +
          'give --dlq-path or set TRACEHUB_DLQ_PATH',
      );
    }
    return dlqPath;
  }

  /** @throws CliError for the first of the options that cannot be used. */
  require(...names: OptionName[]): void {
    const problem = this.inspection.problems.find(({ option }) => names.includes(option as OptionName));
    if (!problem) return;
    if (problem.option === 'apiKey' && this.refusedKey) throw new CliError(this.refusedKey.fault);
    const flag = flagOf(problem.option as OptionName);
    throw new CliError(`${problem.message} (here also: ${flag}, or --config)`);
  }

  #sourceOfGiven(name: OptionName): string {
    return name in this.#flags ? flagOf(name) : (this.#file ?? 'given');
  }
}

/** What an option is called on the command line: `dlqPath` is `--dlq-path`. */
function flagOf(name: OptionName): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
