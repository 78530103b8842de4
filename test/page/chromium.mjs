import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const program = process.env.TRACEHUB_CHROMIUM ?? '/usr/bin/chromium';

// Nothing of what a browser does by itself may leave this machine.
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/**
 * A headless Chromium with an empty profile.
 * @returns {Promise<{ context: import('playwright-core').BrowserContext, stop: () => Promise<void> }>}
 */
export async function startChromium() {
  if (!existsSync(program)) {
    throw new Error(
      `the page is tested in a real browser, and ${program} is not there: apt-get install chromium, or set TRACEHUB_CHROMIUM`,
    );
  }
  const profile = await mkdtemp(join(tmpdir(), 'tracehub-page-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program,
    headless: true,
    args: flags,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  return {
    context,
    async stop() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
