// Logs under Node's permission model; says what it was warned of.
import { IDENTITY, createSender } from './core-sender.mjs';
import { numberedRecord } from './numbered.mjs';

const { endpoint, dlqPath, count, durable } = JSON.parse(process.argv[2]);
const warnings = [];
const sender = createSender(
  { ...IDENTITY, endpoint, dlqPath, durable },
  { sdkVersion: 'crash-test/1.0.0', emitWarning: (warning) => void warnings.push(warning.code) },
);
for (let n = 1; n <= count; n++) sender.send(numberedRecord('forbidden', n));
const receipt = await sender.close();
console.log(`end ${JSON.stringify({ receipt, stats: sender.stats(), warnings })}`);
