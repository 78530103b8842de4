/** Has the first Ctrl-C, or SIGTERM, call `stop`; a second one ends the process at once. Gives what undoes that. */
export function onInterrupt(stop: () => void): () => void {
  const off = (): void => {
    process.off('SIGINT', first);
    process.off('SIGTERM', first);
  };
  const first = (): void => {
    off();
    stop();
  };
  process.on('SIGINT', first);
  process.on('SIGTERM', first);
  return off;
}
