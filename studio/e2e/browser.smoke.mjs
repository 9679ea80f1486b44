// node studio/e2e/browser.smoke.mjs: proves that a page renders on this machine.
import { launchBrowser } from './browser.mjs';

const browser = await launchBrowser();
try {
  const page = await browser.newPage();
  await page.setContent('<button onclick="this.textContent = 1 + 1">add</button>');
  await page.getByRole('button').click();
  const text = await page.getByRole('button').textContent();
  if (text !== '2') {
    throw new Error(`The page shows ${text}.`);
  }
  console.log(`Chromium ${browser.version()} renders.`);
} finally {
  await browser.close();
}
