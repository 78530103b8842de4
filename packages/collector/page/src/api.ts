// Calls of the collector's own API, with the read token where it has one.

const tokenKey = 'tracehub.read-token';

/** An answer that is not a success; the message is the server's `detail`. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Keeps the read token for this tab, or forgets it. */
export function keepToken(token: string | undefined): void {
  if (token === undefined) sessionStorage.removeItem(tokenKey);
  else sessionStorage.setItem(tokenKey, token);
}

/** Calls the API and returns the response, or throws an `ApiError`. */
export async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const token = sessionStorage.getItem(tokenKey);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, 'The collector does not answer. Is it still running?');
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as { detail?: unknown };
  throw new ApiError(
    response.status,
    typeof body.detail === 'string' ? body.detail : `The collector answered ${response.status}.`,
  );
}

/** Reads JSON. */
export async function read<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
  return (await (await call(path, { signal })).json()) as Answer;
}

/** A path with its query; what is `undefined` is left out, lists are repeated. */
export function pathOf(
  path: string,
  query: Record<string, string | number | readonly string[] | undefined>,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value ?? []].flat()) parameters.append(name, String(one));
  }
  return parameters.size === 0 ? path : `${path}?${parameters.toString()}`;
}
