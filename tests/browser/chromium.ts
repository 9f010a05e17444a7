// Where a Chromium is, if there is one.
import { existsSync } from 'node:fs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Why there is no browser here, or null if there is one. */
export function browserMissing(): string | null {
  return browserPath()
    ? null
    : 'no Chromium here: set TABIJI_TEST_BROWSER to its path, or install the chromium package';
}

export function browserPath(): string | undefined {
  return process.env.TABIJI_TEST_BROWSER ?? places.find((path) => existsSync(path));
}
