// The pictures of the collector's README: a collector with a day of a small shop, photographed in Chromium.
//   npx --yes pnpm@12.21.0 run screenshots [DIRECTORY]
import { once } from 'node:events';
import { fork } from 'node:child_process';
import { startChromium } from './chromium.mjs';
import { sampleDay } from './sample-entries.mjs';

const root = new URL('../..', import.meta.url).pathname;
const directory = process.argv[2] ?? `${root}packages/collector/docs`;

const collector = fork(`${root}packages/collector/dist/esm/cli.js`, ['--port', '0', '--data-dir', 'memory'], {
  env: { PATH: process.env.PATH, TRACEHUB_DEV_KEY: 'th_screenshots' },
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
const { context, stop } = await startChromium();
try {
  let output = '';
  while (!/listening on (\S+)/.test(output)) output += String((await once(collector.stdout, 'data'))[0]);
  const url = /listening on (\S+)/.exec(output)[1];
  const entries = sampleDay(Date.now());
  for (let start = 0; start < entries.length; start += 1000) {
    const response = await fetch(`${url}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'x-api-key': 'th_screenshots' },
      body: JSON.stringify(entries.slice(start, start + 1000)),
    });
    const { accepted } = await response.json();
    if (accepted !== entries.slice(start, start + 1000).length) throw new Error(`${accepted} were accepted`);
  }

  const page = await context.newPage();
  const take = async (name, colorScheme = 'light') => {
    await page.emulateMedia({ colorScheme });
    // Until everything that is loading has come and is drawn.
    await page.waitForLoadState('networkidle');
    await page.mouse.move(0, 0);
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${directory}/${name}.png` });
  };
  await page.goto(url);
  await page.locator('table.issues').waitFor();
  await take('issues');
  await page.getByRole('link', { name: 'PaymentDeclinedError' }).click();
  await page.locator('article.issue').waitFor();
  await take('issue');
  await page.goto(`${url}/logs?level=WARN&level=ERROR`);
  await page.locator('.log').first().waitFor();
  await page.locator('.gaps summary').click();
  await take('logs-dark', 'dark');
  await page.goto(`${url}/logs?level=ERROR&service=payments`);
  await page.locator('.log button').first().click();
  await page.getByRole('link', { name: 'All entries of this trace' }).click();
  await page.locator('.log.ERROR button').click();
  await take('trace');
} finally {
  await stop();
  collector.kill('SIGTERM');
}
