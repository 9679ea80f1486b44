import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

const cache = fileURLToPath(new URL('../../node_modules/.cache/chromium', import.meta.url));

// Without the package's own list: it asks for one process and a drawn GPU, which takes five times as long, and switches rules of the web off.
const args = ['--headless=shell', '--no-sandbox', '--disable-gpu', '--font-render-hinting=none'];

/** Starts the browser that npm brought; BROWSER_EXECUTABLE names another one (needed where that build does not run: anything but Linux x64). */
export async function launchBrowser(): Promise<Browser> {
  if (process.env.BROWSER_EXECUTABLE) {
    return chromium.launch({ executablePath: process.env.BROWSER_EXECUTABLE });
  }

  // The package unpacks into the temporary folder and trusts what it finds there: give it one that is ours.
  await mkdir(cache, { recursive: true });
  process.env.TMPDIR = cache;
  const { default: packed } = await import('@sparticuz/chromium');
  return chromium.launch({ args, executablePath: await packed.executablePath(), headless: true });
}
