// What the checker and the commands say, in Japanese: by the English, whose gaps `{0}` may come in another order.
import { answers } from './ja/answers.ts';
import { commands } from './ja/commands.ts';
import { conditions } from './ja/conditions.ts';
import { files } from './ja/files.ts';
import { journeys } from './ja/journeys.ts';
import { messages } from './ja/messages.ts';
import { rules } from './ja/rules.ts';
import { settings } from './ja/settings.ts';
import { tests } from './ja/tests.ts';

const all = {
  ...files,
  ...settings,
  ...journeys,
  ...messages,
  ...conditions,
  ...rules,
  ...tests,
  ...commands,
  ...answers,
};

/** A map, so that no text of an author's can name what every object has. */
export const japanese: ReadonlyMap<string, string> = new Map(Object.entries(all));
