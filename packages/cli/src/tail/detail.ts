/** What the body of a refusal says, short. */
export function detailOf(body: string): string {
  try {
    const { detail } = JSON.parse(body) as { detail?: unknown };
    if (typeof detail === 'string') return detail;
  } catch {
    // Some other server's page.
  }
  return body.slice(0, 80).trim() || 'it does not say why';
}
