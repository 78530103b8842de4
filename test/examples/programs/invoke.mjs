// Calls the handler of a module as a function platform does, and is gone the moment it has answered.
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [file, event] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(file).href);
const answer = await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 3_000 });
writeSync(1, JSON.stringify(answer));
process.kill(process.pid, 'SIGKILL');
