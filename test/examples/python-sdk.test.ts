import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Everything the README of TraceHub's Python SDK 1.2.0 documents, in its words. */
const OFFERED = [
  'api_key',
  'service',
  'environment',
  'endpoint',
  'batch_size',
  'flush_interval',
  'max_buffer',
  'max_retries',
  'timeout',
  'compress',
  'dlq_path',
  'debug',
  'info',
  'warn',
  'error',
  'fatal',
  'flush()',
  'close()',
  'message',
  'module',
  'extra',
  'exc_info',
  'exception',
  'error_message',
  'stack_trace',
  'set_trace_id',
  'get_trace_id',
  'clear_trace_id',
  'FastAPI',
  'Flask',
  'Django',
  'X-Trace-ID',
  'non-blocking',
  'batching',
  'gzip',
  'backoff',
  'dead-letter queue',
  'ring buffer',
  'graceful shutdown',
  'auto-reconnect',
  'fault-tolerant batcher',
  'issues grouped',
  'TraceHubError',
  'TraceHubConfigError',
  'TraceHubTransportError',
  'test_single_log_ingestion',
  'test_batch_ingestion',
  'test_error_with_stack_trace',
  'test_high_volume_batch',
  'test_extra_metadata',
  'API key',
  'endpoint',
  'dead letters',
  'worker on the backend',
  'high memory',
  'slow start',
  'api_key is required',
];

/** The rows of the README's table: Python SDK, Node, shown by. */
function rows(): { python: string; shownBy: string }[] {
  const [, table = ''] = readFileSync(`${root}README.md`, 'utf8').split(
    '<summary>Python SDK → Node</summary>',
  );
  return table
    .slice(0, table.indexOf('</details>'))
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| Python SDK') && !line.startsWith('| --'))
    .map((line) => line.split(/ *(?<!\\)\| */).slice(1, -1))
    .map(([python = '', , shownBy = '']) => ({ python, shownBy }))
    .filter(({ python }) => !python.startsWith('**'));
}

it('the table has everything the Python SDK offers', () => {
  const python = rows().map((row) => row.python);
  expect(OFFERED.filter((name) => !python.some((cell) => cell.includes(name)))).toEqual([]);
});

it('each row names a test that is there', () => {
  const wrong = rows().filter(({ shownBy }) => {
    const [, path = '', title = ''] = /^\[.+\]\((.+?)\): (.+)$/.exec(shownBy) ?? [];
    return title === '' || !existsSync(root + path) || !readFileSync(root + path, 'utf8').includes(title);
  });
  expect(wrong).toEqual([]);
});
