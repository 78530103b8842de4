import type { FastifyError } from 'fastify';

type QueryFault = NonNullable<FastifyError['validation']>[number];

/** The first fault of a query string or body, in words for the person who typed it. */
export function queryFaultToText(faults: readonly QueryFault[], context: string | undefined): string {
  const [fault] = faults;
  if (fault === undefined) return 'the query is not valid';
  const { keyword, instancePath, params, message } = fault;
  const name = instancePath.split('/')[1] ?? '';
  switch (keyword) {
    case 'additionalProperties':
      return `there is no ${context === 'body' ? 'field' : 'filter'} ${String(params['additionalProperty'])}`;
    case 'enum':
      return `${name} must be one of ${(params['allowedValues'] as string[]).join(', ')}`;
    case 'pattern':
      return `${name} must not hold U+0000`;
    default:
      return `${name || context} ${message ?? 'is not valid'}`;
  }
}
