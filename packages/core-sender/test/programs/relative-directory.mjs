import { makeDirectory, makeDirectorySync } from '../../dist/esm/dead-letters/durable-names.js';

process.chdir(process.argv[2]);
makeDirectorySync('a');
await makeDirectory('b');
makeDirectorySync('c/d');
await makeDirectory('e/f');
console.log('made');
