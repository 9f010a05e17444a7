// What a publication keeps of the author's files.
import { expect, test } from 'vitest';
import { compile } from '../../language/compile.ts';
import { loadFolder } from '../../language/load.ts';
import { sourceOf } from '../../server/publish-folder.ts';

// The first start published the tests along with the journey, so the next publication seemed to delete them.
test('keeps the journey, the settings, the events and its messages, and no tests', async () => {
  const files = await loadFolder('journeys');
  const plan = (await compile(files)).plans.find(({ journey }) => journey === 'welcome')!;
  const paths = (sourceOf(plan, files) as { path: string }[]).map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(['journeys/welcome.yaml', 'journeys/settings.yaml', 'journeys/events.yaml']),
  );
  expect(paths.some((path) => path.startsWith('journeys/messages/welcome-greeting/'))).toBe(true);
  expect(paths.filter((path) => path.includes('tests/') || path.endsWith('review-request.yaml'))).toEqual([]);
});
