import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { openPGlite } from '../../packages/collector/src/store/pglite.ts';
import { entry, startReadingServer, type ReadingServer, type TestProject } from '../collector/reading-kit.ts';
import { startChromium } from './chromium.mjs';
import { contrasts } from './contrast.ts';

let database: Database;
let server: ReadingServer;
let project: TestProject;
let chromium: { context: BrowserContext; stop: () => Promise<void> };
let page: Page;
/** What went wrong in the browser without anybody seeing it: exceptions, and what the security policy stopped. */
let complaints: string[];

// A database and a browser: on a busy machine each takes half a minute to start.
beforeAll(async () => {
  database = await openPGlite('memory');
  server = await startReadingServer(database);
  project = await server.project('default');
  chromium = await startChromium();
}, 180_000);
afterAll(async () => {
  await chromium?.stop();
  await server.close();
  await database.close();
});
beforeEach(async () => {
  complaints = [];
  page = await chromium.context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
});
afterEach(async () => {
  await page.close();
  server.dropConnections();
  if (complaints.length > 0) throw new Error(`the browser complained:\n${complaints.join('\n')}`);
});

const at = (seconds = 0): string => new Date(Date.now() + seconds * 1000).toISOString();
const open = (path: string): Promise<unknown> => page.goto(server.url + path);
const messages = (): Promise<string[]> => page.locator('.log .message').allInnerTexts();

const failure = {
  level: 'ERROR',
  message: 'order 17 failed',
  service: 'shop',
  error_type: 'PaymentDeclinedError',
  error_message: 'insufficient funds',
  stack_trace: [
    'PaymentDeclinedError: insufficient funds',
    '    at Layer.handle (/app/node_modules/express/layer.js:95)',
    '    at charge (/app/src/charge.ts:12)',
    '    at node:internal/process/task_queues:95:5',
  ].join('\n'),
};

describe('an error', () => {
  it('appears by itself, is resolved, and comes back', async () => {
    await open('/');
    await page.getByText('Nothing has arrived yet').waitFor();
    expect(await page.locator('.snippet').first().innerText()).toContain(`endpoint: '${server.url}'`);

    await project.post([entry('first', { ...failure, timestamp: at() })]);
    await page.getByRole('link', { name: 'PaymentDeclinedError' }).click();

    await page.getByRole('heading', { name: 'PaymentDeclinedError' }).waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/issues\/\d+$/);
    const frames = page.locator('.stack > .frames li');
    expect(await frames.allInnerTexts()).toEqual(['charge (/app/src/charge.ts:12)']);
    await page.getByText('2 calls of libraries').click();
    expect(await page.locator('.stack details[open] .frames li').count()).toBe(2);
    expect(await messages()).toEqual(['PaymentDeclinedError order 17 failed']);

    await page.getByRole('button', { name: 'Resolve', exact: true }).click();
    await page.locator('.status.RESOLVED').waitFor();
    await page.getByRole('link', { name: '← Issues' }).click();
    await page.getByText('No issues').waitFor();
    await page.getByRole('button', { name: 'Resolved', exact: true }).click();
    await page.locator('table .status.RESOLVED').waitFor();

    await project.post([entry('again', { ...failure, message: 'order 18 failed', timestamp: at(1) })]);
    await page.getByRole('button', { name: 'Unresolved', exact: true }).click();
    await page.locator('table .status.OPEN').waitFor();
    expect(await page.locator('table.issues td.number').innerText()).toBe('2');
    expect(await page.getByRole('img', { name: '2 entries in the last 24 hours' }).count()).toBe(1);
  });

  it('that somebody else has taken on meanwhile is not resolved over their head', async () => {
    await project.post([entry('taken', { level: 'ERROR', message: 'taken on', timestamp: at() })]);
    const { body } = await project.get<{ issues: { id: number }[] }>('/api/v1/issues?q=taken');
    const path = `/issues/${body.issues[0]?.id}`;
    await open(path);
    await page.getByRole('button', { name: 'Start work' }).waitFor();
    // Between what is on the screen and the button: the page hears nothing of it.
    await page.route('**/api/v1/issues/*', async (route) => {
      if (route.request().method() !== 'GET') await route.continue();
    });
    await project.patch(`/api/v1${path}`, { status: 'IN_PROGRESS' });
    await page.getByRole('button', { name: 'Resolve', exact: true }).click();
    expect(await page.getByRole('alert').innerText()).toBe('the issue is IN_PROGRESS by now, not OPEN');
    complaints = complaints.filter((text) => !text.includes('409'));
  });
});

describe('entries', () => {
  it('of one trace are shown in the order of time, across services', async () => {
    const trace_id = 'ab'.repeat(16);
    const noon = Date.parse('2026-11-20T12:00:00Z');
    const step = (n: number, service: string): object =>
      entry(`step-${n}`, {
        message: `step ${n}`,
        service,
        trace_id,
        timestamp: new Date(noon + n).toISOString(),
      });
    await project.post([
      step(3, 'gateway'),
      step(1, 'gateway'),
      entry('other', { timestamp: at() }),
      step(2, 'shop'),
    ]);

    await open('/logs');
    await page.getByText('other').or(page.getByText('hello')).first().waitFor();
    await page.getByRole('textbox', { name: 'trace' }).fill(trace_id);
    await page.keyboard.press('Enter');
    await page.getByText('3 entries').waitFor();
    expect(new URL(page.url()).searchParams.get('trace_id')).toBe(trace_id);
    expect(await messages()).toEqual(['step 3', 'step 2', 'step 1']);

    await page.getByRole('button', { name: 'step 2' }).click();
    await page.getByRole('link', { name: 'All entries of this trace' }).click();
    await page.getByText('3 entries of gateway, shop within 2 ms').waitFor();
    expect(await messages()).toEqual(['step 1', 'step 2', 'step 3']);
    expect(await page.locator('.log .since').allInnerTexts()).toEqual(['+0 ms', '+1 ms', '+2 ms']);

    // The address is all that somebody else needs.
    await page.reload();
    await page.getByText('3 entries of gateway, shop').waitFor();
  });

  it.each(['100%', '%41', 'a/b c?d#e'])(
    'of the trace %s are shown as those of no other',
    async (trace_id) => {
      await project.post([
        entry(`${trace_id}-1`, { message: `of ${trace_id}`, trace_id, timestamp: at() }),
        entry(`${trace_id}-2`, { message: 'of A', trace_id: 'A', timestamp: at() }),
      ]);
      await open(`/traces/${encodeURIComponent(trace_id)}`);
      await page.locator('.log').first().waitFor();
      expect(await messages()).toEqual([`of ${trace_id}`]);
    },
  );

  it('come in live, once each, as the filters say', async () => {
    await open('/logs?service=live');
    await page.getByText('No entry matches').waitFor();
    await page.locator('button.live').click();
    await page.locator('.live.live').waitFor();
    const live = (n: number, service = 'live'): object =>
      entry(`live-${n}`, { message: `live ${n}`, service, timestamp: at(n) });
    const twice = live(2);
    await project.post([live(1), twice, live(3, 'elsewhere')]);
    await page.getByText('live 2').waitFor();
    await project.post([twice, live(4)]);
    await page.getByText('live 4').waitFor();
    expect(await messages()).toEqual(['live 4', 'live 2', 'live 1']);

    await page.locator('button.live').click();
    await page.getByText('3 entries').waitFor();
    expect(await messages()).toEqual(['live 4', 'live 2', 'live 1']);
  });

  it('that senders dropped are a line of their own', async () => {
    await project.post([
      entry('gap', {
        level: 'WARN',
        module: 'tracehub',
        service: 'gappy',
        timestamp: at(),
        extra: { tracehub_dropped: { 'buffer-full': 1200 }, from: at(-60), to: at(-30) },
      }),
    ]);
    await open('/logs?service=gappy');
    await page.getByText('Senders dropped 1,200 entries').click();
    expect(await page.locator('.gaps li').innerText()).toContain('1,200 × the buffer was full');
  });

  it('beyond the first page are a button away', async () => {
    await project.post(
      Array.from({ length: 150 }, (_, n) =>
        entry(`old-${n}`, { message: `old ${n}`, service: 'many', timestamp: at(-n) }),
      ),
    );
    await open('/logs?service=many');
    await page.getByRole('button', { name: 'Older entries' }).click();
    await page.getByText('old 149', { exact: true }).waitFor();
    expect(await messages()).toEqual(Array.from({ length: 150 }, (_, n) => `old ${n}`));
    expect(await page.getByRole('button', { name: 'Older entries' }).count()).toBe(0);
  });
});

describe('the text of an entry', () => {
  const attack = '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script>';

  it('is shown as it is, whatever markup it holds', async () => {
    const hostile = entry(`"><b>id</b>`, {
      level: 'ERROR',
      message: attack,
      service: `svc${attack}`,
      module: '</span><script>window.pwned=3</script>',
      error_type: `Type${attack}`,
      error_message: `reason ${attack}`,
      stack_trace: `Type${attack}\n    at <b>f</b> (/app/<script>window.pwned=4</script>.js:1) [1:1]`,
      trace_id: 'javascript:window.pwned=5',
      extra: { [attack]: attack },
      timestamp: at(),
    });
    await project.post([hostile]);
    await open('/logs?module=' + encodeURIComponent(String(hostile['module'])));
    await page.locator('.log').first().waitFor();
    expect(await messages()).toEqual([`Type${attack} ${attack}`]);
    await page.locator('.log button').first().click();
    const detail = await page.locator('.detail').innerText();
    for (const name of ['message', 'service', 'module', 'error_type', 'error_message', 'trace_id', 'id']) {
      expect(detail).toContain(hostile[name]);
    }
    expect(detail).toContain(JSON.stringify({ [attack]: attack }, undefined, 2));

    await page.getByRole('button', { name: 'Its issue' }).click();
    await page.locator('article.issue h1').waitFor();
    expect(await page.locator('h1').innerText()).toContain(`Type${attack}`);
    await page.getByText('<b>f</b>').first().waitFor();
    await page.getByRole('link', { name: '← Issues' }).click();
    await page.getByRole('link', { name: `Type${attack}` }).waitFor();

    await open(`/traces/${encodeURIComponent('javascript:window.pwned=5')}`);
    await page.locator('.log').waitFor();
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(await page.locator('main img, main script, main b:text-is("f")').count()).toBe(0);
  });

  it('could run nothing if it became markup after all', async () => {
    await open('/');
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(attack)})`);
    await page.waitForTimeout(300);
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(complaints.some((text) => text.includes('Content Security Policy'))).toBe(true);
    complaints = [];
  });
});

it('is used with the keyboard alone', async () => {
  await project.post([
    entry('key-1', { level: 'ERROR', message: 'keyboard first', timestamp: at() }),
    entry('key-2', { message: 'keyboard second', timestamp: at(1) }),
  ]);
  await open('/');
  await page.locator('table.issues').waitFor();
  const { keyboard } = page;
  await keyboard.press('l');
  await page.waitForURL('**/logs');
  // The address is there before the view is, and the field of the view before it would be taken.
  await page.locator('.log').first().waitFor();
  await keyboard.press('/');
  await page.locator('input[type=search]:focus').waitFor();
  await keyboard.type('keyboard');
  await keyboard.press('Enter');
  await page.getByText('2 entries').waitFor();
  await keyboard.press('Escape');
  await keyboard.press('j');
  await keyboard.press('j');
  await keyboard.press('Enter');
  await page.locator('.detail').waitFor();
  expect(await page.locator('.detail pre.text').innerText()).toBe('keyboard first');
  await keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Its issue');
  await keyboard.press('Enter');
  await page.locator('article.issue').waitFor();
  for (let n = 0; n < 20; n += 1) {
    await keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.textContent')) === 'Resolve') break;
  }
  await keyboard.press('Enter');
  await page.locator('.status.RESOLVED').waitFor();
  await keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
});

it.each(['light', 'dark'] as const)('is easy to read in %s colours', async (colorScheme) => {
  await page.emulateMedia({ colorScheme });
  await open('/logs');
  await page.locator('.log').first().waitFor();
  const ratios = await contrasts(page);
  // What the Web Content Accessibility Guidelines ask of text.
  expect(ratios.filter(([, ratio]) => ratio < 4.5)).toEqual([]);
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
    colorScheme === 'dark' ? 'rgb(14, 17, 22)' : 'rgb(246, 247, 249)',
  );
});

it('asks for the read token once, and keeps it for the tab', async () => {
  const guarded = await startReadingServer(database, 'secret-token');
  await page.goto(`${guarded.url}/logs`);
  await page.getByLabel('Token').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByLabel('Token').fill('secret-token');
  await page.keyboard.press('Enter');
  await page.locator('.log').first().waitFor();
  await page.locator('button.live').click();
  await page.locator('.live.live').waitFor();
  await page.reload();
  await page.locator('.log').first().waitFor();
  expect(await page.getByLabel('Token').count()).toBe(0);
  complaints = complaints.filter((text) => !text.includes('401'));
  await page.goto('about:blank');
  guarded.dropConnections();
  await guarded.close();
});
