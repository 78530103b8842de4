/** pino keeps its settings under symbols of its own copy, which need not be the copy that this package finds. */
export function settingOf(logger: object, name: string): unknown {
  for (let at: object | null = logger; at; at = Object.getPrototypeOf(at) as object | null) {
    const symbol = symbolOf(at, name);
    if (symbol) return (at as Record<symbol, unknown>)[symbol];
  }
  return undefined;
}

/** The symbol of that description among the object's own. */
export function symbolOf(holder: object, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(holder).find(({ description }) => description === name);
}

/** Whether a logger's bindings have a field `key`: what the app has bound goes before what is mixed in. */
export function isBound(logger: unknown, key: string): boolean {
  if (typeof logger !== 'object' || logger === null) return false;
  try {
    // A text of JSON members, each behind a comma.
    const bindings = settingOf(logger, 'pino.chindings');
    return typeof bindings === 'string' && bindings.includes(`,"${key}":`);
  } catch {
    return false;
  }
}
