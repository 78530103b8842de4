import { expect } from 'vitest';

/** What a collector holds after a set-up for `logger` has run. */
export function exampleLogs(logger: string): unknown[] {
  const common = {
    service: 'shop',
    environment: 'production',
    sdk_version: expect.stringMatching(new RegExp(`^${logger}/\\d+\\.\\d+\\.\\d+`)),
  };
  return [
    expect.objectContaining({
      ...common,
      level: 'INFO',
      message: 'order placed',
      extra: { order: 17 },
    }),
    expect.objectContaining({
      ...common,
      level: 'ERROR',
      message: 'order failed',
      error_type: 'Error',
      error_message: 'out of stock',
      stack_trace: expect.stringContaining('Error: out of stock\n'),
    }),
  ];
}
