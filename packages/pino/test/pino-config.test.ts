import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { PINO_DEFAULTS, type PinoConfig, messageToConfig, receiveConfig } from '../src/pino-config.ts';

const message = {
  code: 'PINO_CONFIG',
  config: {
    levels: { values: { low: 1, high: 2 }, labels: { 1: 'low', 2: 'high' } },
    messageKey: 'message',
    errorKey: 'error',
  },
};
const config: PinoConfig = { levels: { low: 1, high: 2 }, messageKey: 'message', errorKey: 'error' };

function channel(): MessageChannel {
  const made = new MessageChannel();
  afterTest(() => made.port1.close());
  return made;
}

describe('messageToConfig', () => {
  it("reads pino's message and no other", () => {
    expect(messageToConfig(message)).toEqual(config);
    for (const other of [undefined, null, 'x', {}, { code: 'FLUSH' }, { code: 'PINO_CONFIG' }]) {
      expect(messageToConfig(other)).toBeUndefined();
    }
  });

  it('puts defaults where pino says nothing', () => {
    expect(messageToConfig({ code: 'PINO_CONFIG', config: {} })).toEqual(PINO_DEFAULTS);
  });
});

describe('receiveConfig', () => {
  it('resolves with the config', async () => {
    const { port1, port2 } = channel();
    const applied: PinoConfig[] = [];
    const received = receiveConfig(port2, (found) => applied.push(found));
    port1.postMessage({ code: 'FLUSH' });
    port1.postMessage(message);
    expect(await received).toEqual(config);
    expect(applied).toEqual([config]);
  });

  it('does not wait for ever, and applies a config that comes late', async () => {
    const { port1, port2 } = channel();
    let apply!: (config: PinoConfig) => void;
    const late = new Promise<PinoConfig>((resolve) => {
      apply = resolve;
    });
    expect(await receiveConfig(port2, apply, 5)).toBeUndefined();
    port1.postMessage(message);
    expect(await late).toEqual(config);
  });
});
