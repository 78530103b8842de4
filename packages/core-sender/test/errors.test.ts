import { describe, expect, it } from 'vitest';
import {
  TraceHubConfigError,
  TraceHubError,
  TraceHubTransportError,
  isTraceHubError,
} from '../src/errors.ts';

describe('errors', () => {
  const config = new TraceHubConfigError('batchSize', 'option batchSize must be …');
  const transport = new TraceHubTransportError('request failed', { cause: new Error('ECONNREFUSED') });

  it('are told apart by class and by code', () => {
    for (const error of [config, transport]) {
      expect(error).toBeInstanceOf(TraceHubError);
      expect(error).toBeInstanceOf(Error);
    }
    const { name, code, option, message } = config;
    expect([name, code, option, message]).toEqual([
      'TraceHubConfigError',
      'TRACEHUB_CONFIG',
      'batchSize',
      'option batchSize must be …',
    ]);
    expect([transport.name, transport.code]).toEqual(['TraceHubTransportError', 'TRACEHUB_TRANSPORT']);
    expect(transport.cause).toEqual(new Error('ECONNREFUSED'));
  });

  it('are recognised across copies of the package, and nothing else is', () => {
    class OtherCopy extends Error {}
    Object.defineProperty(OtherCopy.prototype, Symbol.for('tracehub.error'), { value: true });
    expect([config, transport, new OtherCopy()].map(isTraceHubError)).toEqual([true, true, true]);
    expect([new Error('other'), null, 'text', {}].map(isTraceHubError)).toEqual([false, false, false, false]);
  });
});
