import type { Command } from 'commander';
import { wholeNumber } from './parsers.ts';

/** Adds the flags that say which server, key and directory are meant. */
export function withSenderFlags(command: Command): Command {
  return command
    .option('--endpoint <url>', 'base URL of the server (TRACEHUB_ENDPOINT)')
    .option('--api-key <key>', 'project key; others of this machine see flags: prefer TRACEHUB_API_KEY')
    .option('--dlq-path <dir>', 'dead-letter directory (TRACEHUB_DLQ_PATH; default ~/.tracehub/dlq)')
    .option('--timeout <ms>', 'longest an attempt may take (default 10000)', wholeNumber(100))
    .option('--config <file>', 'JSON file with the options the app gives to its transport');
}
