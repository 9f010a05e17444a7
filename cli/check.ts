// `tabiji check`: says all that is wrong with a journeys folder, or that nothing is.
import { compile } from '../language/compile.ts';
import { hasErrors, renderDiagnostics } from '../language/diagnostic.ts';
import { FolderError, loadFolder } from '../language/load.ts';

/**
 * Checks a folder and writes what it finds. Answers the exit status: 0 if it could be published (warnings or not), 1 if
 * it could not, or if there is no such folder.
 */
export async function check(folder: string, out: (text: string) => void): Promise<number> {
  try {
    const files = await loadFolder(folder);
    const { plans, diagnostics } = await compile(files);
    out(renderDiagnostics(diagnostics, files));
    if (hasErrors(diagnostics)) return 1;
    out(`${plans.length} ${plans.length === 1 ? 'journey' : 'journeys'} can be published\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof FolderError)) throw error;
    out(`${error.message}\n`);
    return 1;
  }
}
