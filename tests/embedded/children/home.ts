// Opens the home given, says what came of it, and lives until it is killed.
import { openHome } from '../../../embedded/home.ts';

const [folder] = process.argv.slice(2);
try {
  const { newKeys } = await openHome(folder!, '0.1.0');
  console.log(JSON.stringify({ opened: true, newKeys }));
  setInterval(() => {}, 1000);
} catch (error) {
  console.log(JSON.stringify({ opened: false, message: (error as Error).message, name: (error as Error).name }));
}
