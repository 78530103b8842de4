// The address of the module, then the directory to work in.
const { makeDirectory, makeDirectorySync } = await import(process.argv[2]);

process.chdir(process.argv[3]);
makeDirectorySync('a');
await makeDirectory('b');
makeDirectorySync('c/d');
await makeDirectory('e/f');
console.log('made');
