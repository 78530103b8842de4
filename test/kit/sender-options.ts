import type { SenderOptions } from '@tracehub/core-sender';
import { makeTempDirectory } from './temp.ts';

/** The sender's options, but those that every adapter has in its own words. */
export type TestOptions = Omit<SenderOptions, 'level' | 'dlqPath'> & { dlqPath?: string };

/** Options for a sender to `endpoint`, with a dead-letter directory of its own. */
export function senderOptions(
  endpoint: string,
  options: TestOptions = {},
): TestOptions & { dlqPath: string } {
  return {
    apiKey: 'th_test_key',
    service: 'test-service',
    environment: 'test',
    endpoint,
    dlqPath: makeTempDirectory('dlq'),
    ...options,
  };
}
