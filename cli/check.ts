// `tabiji check`: says all that is wrong with a journeys folder, or that nothing is.
import { compile } from '../language/compile.ts';
import { hasErrors, renderDiagnostics } from '../language/diagnostic.ts';
import { loadFolder } from '../language/load.ts';
import { type Locale, phrase, speak } from '../language/phrase.ts';
import { refused } from './refusal.ts';

/**
 * Checks a folder and writes what it finds. Answers the exit status: 0 if it could be published (warnings or not), 1 if
 * it could not, or if there is no such folder.
 */
export async function check(folder: string, locale: Locale, out: (text: string) => void): Promise<number> {
  try {
    const files = await loadFolder(folder);
    const { plans, diagnostics } = await compile(files);
    out(renderDiagnostics(diagnostics, files, locale));
    if (hasErrors(diagnostics)) return 1;
    const count = plans.length;
    const fine = count === 1 ? phrase`1 journey can be published` : phrase`${count} journeys can be published`;
    out(`${speak(fine, locale)}\n`);
    return 0;
  } catch (error) {
    return refused(error, locale, out);
  }
}
