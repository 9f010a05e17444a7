// Starts a mailbox on the folder given and lives until it is killed.
import { startMailbox } from '../../../embedded/mailbox.ts';

const [folder] = process.argv.slice(2);
const { smtpUrl } = await startMailbox({ folder });
console.log(JSON.stringify({ smtpUrl }));
