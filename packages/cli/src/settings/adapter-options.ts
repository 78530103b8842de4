import type { SenderOptions } from '@tracehub/core-sender';

/** What the adapters take beside the sender's options: pino's `traceHubStream`, and winston. */
const NAMES = [
  'messageKey',
  'errorKey',
  'customLevels',
  'format',
  'silent',
  'handleExceptions',
  'handleRejections',
] as const;

export type AdapterOption = (typeof NAMES)[number];

/** Those that are given, unchecked. */
export type AdapterOptions = Partial<Record<AdapterOption, unknown>>;

/** What an app gives to its transport. */
export interface TransportOptions {
  sender: SenderOptions;
  adapter: AdapterOptions;
}

/** Sorts the options of a transport: the sender warns of names it does not know. */
export function toTransportOptions(given: object): TransportOptions {
  const isAdapters = ([name]: [string, unknown]): boolean => NAMES.includes(name as AdapterOption);
  const options = Object.entries(given);
  return {
    sender: Object.fromEntries(options.filter((option) => !isAdapters(option))),
    adapter: Object.fromEntries(options.filter(isAdapters)),
  };
}
