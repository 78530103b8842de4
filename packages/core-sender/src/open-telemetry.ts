/** Where every 1.x version of `@opentelemetry/api` keeps what an SDK registered. */
const API_KEY = Symbol.for('opentelemetry.js.api.1');
/** Under which a context holds its span (`createContextKey` of the same package). */
const SPAN_KEY = Symbol.for('OpenTelemetry Context Key SPAN');

/** 32 lower-case hex digits that are not all zero: https://www.w3.org/TR/trace-context/#trace-id */
const VALID_ID = /^(?!0{32})[0-9a-f]{32}$/;

/** The parts of the API that are read here; other code may have put anything at all in their place. */
interface OpenTelemetryApi {
  context?: { active(): { getValue(key: symbol): Span | undefined } };
}
interface Span {
  spanContext(): { traceId: unknown };
}

/**
 * The trace id of the active OpenTelemetry span, if any. Read from OpenTelemetry's own global, so that there is no
 * dependency and whichever copy of its API the app loaded is the right one.
 */
export function activeSpanTraceId(): string | undefined {
  const api = (globalThis as { [API_KEY]?: OpenTelemetryApi })[API_KEY];
  if (!api) return undefined;
  try {
    const id = api.context?.active().getValue(SPAN_KEY)?.spanContext().traceId;
    return typeof id === 'string' && VALID_ID.test(id) ? id : undefined;
  } catch {
    // A log call must not fail because of what stands there.
    return undefined;
  }
}
