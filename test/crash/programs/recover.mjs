// The next start of an app: lives until no more than `leave` files wait in the directory, then closes.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY, PROFILE, createSender } from './core-sender.mjs';

const { endpoint, dlqPath, limit = 10_000, leave = 0 } = JSON.parse(process.argv[2]);
const sender = createSender({ ...IDENTITY, endpoint, dlqPath }, PROFILE);

function segments() {
  if (!existsSync(dlqPath)) return [];
  return readdirSync(dlqPath, { withFileTypes: true })
    .filter((file) => file.isDirectory())
    .flatMap(({ name }) => readdirSync(join(dlqPath, name)).filter((file) => /\.(open|seg)/.test(file)));
}

const deadline = performance.now() + limit;
// The scan of the start takes over what is left of the dead; until then an empty look means nothing.
await sleep(50);
while (segments().length > leave && performance.now() < deadline) await sleep(5);
await sender.close();
console.log(`left ${JSON.stringify(segments())}`);
