// Tries to make a directory where the kernel lets nobody make one; says what came of it.
const { makeDirectory, makeDirectorySync } = await import(process.argv[2]);

const path = '/proc/tracehub/dlq';
const later = await makeDirectory(path).catch(({ code }) => code);
try {
  makeDirectorySync(path);
} catch ({ code }) {
  console.log(later, code);
}
