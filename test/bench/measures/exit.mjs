/** `process.exit()` right after the last call. */
export default async function exit({ job: { count }, open, report }) {
  const { log } = await open();
  for (let n = 0; n < count; n++) log(n);
  report({ isLogged: true });
  process.exit();
}
