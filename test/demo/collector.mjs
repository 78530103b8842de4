import { fileURLToPath } from 'node:url';
import { startChild } from './child.mjs';

/**
 * @typedef {import('@tracehub/collector').LogsAnswer['logs'][number]} StoredLog
 * @typedef {import('@tracehub/collector').IssuesAnswer['issues'][number]} StoredIssue
 * @typedef {Awaited<ReturnType<typeof startCollector>>} Collector
 */

const program = fileURLToPath(new URL('../../packages/collector/dist/esm/cli.js', import.meta.url));

/**
 * Starts a collector on a free port that keeps everything in memory.
 * @param {string} apiKey
 * @param {AbortSignal} signal ends it early
 */
export async function startCollector(apiKey, signal) {
  const args = ['--port', '0', '--data-dir', 'memory'];
  const child = startChild(program, { args, env: { TRACEHUB_DEV_KEY: apiKey }, signal });
  const url = await child.listens();

  /** @param {string} path @param {Record<string, string>} query @returns {Promise<any>} */
  async function get(path, query) {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(query)}`, { signal });
    if (!response.ok) throw new Error(`the collector answered ${response.status} to ${response.url}`);
    return await response.json();
  }

  return {
    url,

    /** @param {string} service @returns {Promise<number>} */
    count: async (service) => (await get('stats/overview', { service })).total_logs,

    /** Every entry that matches, oldest first. @param {Record<string, string>} filters */
    async logs(filters) {
      /** @type {StoredLog[]} */
      const logs = [];
      for (let from = {}; ;) {
        const { logs: page, next_cursor: cursor } = await get('logs', {
          ...filters,
          per_page: '1000',
          ...from,
        });
        logs.push(...page);
        if (cursor === null) return logs.toReversed();
        from = { cursor };
      }
    },

    /** @returns {Promise<StoredIssue[]>} */
    issues: async () => (await get('issues', { per_page: '100' })).issues,

    async stop() {
      // An abort has told it already, and a second signal would cut it short.
      if (!signal.aborted) child.kill('SIGTERM');
      const { code, stderr } = await child.ended;
      if (signal.aborted || (code === 0 && stderr === '')) return;
      throw new Error(`the collector ended with status ${code}: ${stderr}`);
    },
  };
}
