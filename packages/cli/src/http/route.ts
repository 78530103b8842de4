/** How a request gets to the endpoint: directly, or through a proxy named by an environment variable. */
export type Route =
  | { kind: 'direct'; /** The proxy that NO_PROXY passes by. */ passedBy?: string }
  | { kind: 'proxy'; proxy: URL; variable: string }
  | { kind: 'unusable'; variable: string };

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** The route the sender takes: the rules of undici's EnvHttpProxyAgent, which it sends through. */
export function routeTo(endpoint: URL, environment: NodeJS.ProcessEnv): Route {
  const http = find(environment, ['http_proxy', 'HTTP_PROXY']);
  const https = find(environment, ['https_proxy', 'HTTPS_PROXY']);
  // Without a proxy for https that for http carries it.
  const chosen = endpoint.protocol === 'https:' ? (https ?? http) : http;
  if (!chosen) return { kind: 'direct' };
  const noProxy = environment['no_proxy'] ?? environment['NO_PROXY'] ?? '';
  if (isPassedBy(endpoint, noProxy)) return { kind: 'direct', passedBy: chosen.variable };
  if (!URL.canParse(chosen.value)) return { kind: 'unusable', variable: chosen.variable };
  return { kind: 'proxy', proxy: new URL(chosen.value), variable: chosen.variable };
}

/** The first variable that is set; an empty one hides those after it, and means no proxy. */
function find(
  environment: NodeJS.ProcessEnv,
  variables: readonly string[],
): { value: string; variable: string } | undefined {
  const variable = variables.find((name) => environment[name] !== undefined);
  const value = variable && environment[variable];
  return variable && value ? { value, variable } : undefined;
}

function isPassedBy(endpoint: URL, noProxy: string): boolean {
  if (noProxy === '*') return true;
  const host = endpoint.host.replace(/:\d*$/, '').toLowerCase();
  const port = portOf(endpoint);
  return noProxy
    .split(/[,\s]/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [, name = entry, entryPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
      if (entryPort !== undefined && Number(entryPort) !== port) return false;
      const suffix = name.replace(/^\*?\./, '').toLowerCase();
      return host === suffix || host.endsWith(`.${suffix}`);
    });
}

/** The port of a URL, the usual one of its protocol if it names none. */
export function portOf(url: URL): number {
  return Number(url.port) || (DEFAULT_PORTS[url.protocol] ?? 0);
}

/** The host of a URL as name resolution and sockets take it: without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** A proxy's URL for the screen: without its password. */
export function withoutPassword(url: URL): string {
  return `${url.protocol}//${url.username ? '…@' : ''}${url.host}`;
}
