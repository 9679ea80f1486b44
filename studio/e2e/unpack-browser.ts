import { launchBrowser } from './browser';

/** Unpacks the browser before the test files start one each at the same time. */
export default async function unpackBrowser(): Promise<void> {
  const browser = await launchBrowser();
  await browser.close();
}
