/** One thing worth logging about a request, in a form that any logger takes. */
export interface RequestLine {
  /** `error`: an unhandled error. Of a finished request `info`, or `warn` if it was answered with 500 or above. */
  level: 'info' | 'warn' | 'error';
  /** Such as `GET /orders/:id 200`, `GET /orders/:id aborted` or `GET /orders/:id failed`. */
  message: string;
  fields: RequestFields;
  /** The unhandled error, as it was thrown. */
  error?: unknown;
}

/** The last three are those of a finished request. */
export interface RequestFields {
  method: string;
  /** The pattern of the route if the framework has one, else the path without its query string. */
  route: string;
  /** Absent if the client went away before an answer began. */
  status?: number;
  /** From the middleware to the end of the response, in whole milliseconds. */
  durationMs?: number;
  /** Whether the connection was closed before all of the answer was handed to it. */
  aborted?: boolean;
}

/** How a request ended. */
export interface RequestEnd {
  status: number | undefined;
  durationMs: number;
  aborted: boolean;
}

export function finishedLine(method: string, route: string, end: RequestEnd): RequestLine {
  const { status, durationMs, aborted } = end;
  return {
    level: status !== undefined && status >= 500 ? 'warn' : 'info',
    message: `${method} ${route} ${aborted ? 'aborted' : status}`,
    fields: { method, route, ...(status === undefined ? {} : { status }), durationMs, aborted },
  };
}

export function failedLine(method: string, route: string, error: unknown): RequestLine {
  return { level: 'error', message: `${method} ${route} failed`, fields: { method, route }, error };
}

/** Whether an error is an answer to the client, such as a 404 thrown by the app: its own status is below 500. */
export function isClientError(error: unknown): boolean {
  try {
    const { status, statusCode } = error as { status?: unknown; statusCode?: unknown };
    const code = status ?? statusCode;
    return typeof code === 'number' && code >= 400 && code < 500;
  } catch {
    return false;
  }
}

/** The path of a request target, without query string, and without scheme and host if a proxy sent them. */
export function pathOf(target: string): string {
  return target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '') || '/';
}
