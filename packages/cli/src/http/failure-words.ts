/** The first failure with a code, through causes and the members of an AggregateError. */
export function codeOf(error: unknown): string {
  const seen: unknown[] = [error];
  for (const candidate of seen) {
    if (typeof candidate !== 'object' || candidate === null || seen.length > 16) continue;
    const { code, cause, errors } = candidate as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof code === 'string' && code !== '') return code;
    if (cause !== undefined) seen.push(cause);
    if (Array.isArray(errors)) seen.push(...(errors as unknown[]));
  }
  return '';
}

/** What kept a connection from being made, in words, with the code for looking it up. */
export function connectionWords(error: unknown): string {
  const code = codeOf(error);
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there',
    ECONNRESET: 'the connection was cut off',
    EPIPE: 'the connection was cut off',
    UND_ERR_SOCKET: 'the connection was cut off',
    EHOSTUNREACH: 'there is no way to that host',
    ENETUNREACH: 'there is no way to that network',
    ETIMEDOUT: 'nothing answers, as behind a firewall that drops packets',
    UND_ERR_CONNECT_TIMEOUT: 'nothing answers, as behind a firewall that drops packets',
    ENOTFOUND: 'the name is not known',
    EAI_AGAIN: 'the name cannot be looked up now',
  };
  const text = words[code] ?? (error instanceof Error ? error.message : String(error));
  return code === '' || text.includes(code) ? text : `${text} (${code})`;
}
