// Logs `count` lines through the target in one of pino's shapes and ends in the named way.
import pino from 'pino';

const [way, count, shape = 'target', more = '{}'] = process.argv.slice(2);
const options = { apiKey: 'th_test', service: 'shop', environment: 'test', ...JSON.parse(more) };
const target = { target: '@tracehub/pino', options };
const beside = { target: 'pino/file', level: 'trace', options: { destination: '/dev/null' } };
const shapes = { target, targets: { targets: [target, beside] }, pipeline: { pipeline: [target] } };
const logger = pino({ transport: shapes[shape] });
for (let n = 0; n < Number(count); n++) logger.info({ n }, `line ${n}`);
if (way === 'exit') process.exit(3);
if (way === 'uncaught') throw new Error('on purpose');
if (way === 'flush') logger.flush(() => process.stdout.write('flushed\n'));
if (way === 'late exit') setTimeout(() => process.exit(3), 400);
