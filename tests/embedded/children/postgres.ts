// Inserts rows from five connections into the database in the folder given, and says which ones were acknowledged.
import pg from 'pg';
import { startPostgres } from '../../../embedded/postgres.ts';

const [folder, round] = process.argv.slice(2);
const { url } = await startPostgres({ folder });
const pool = new pg.Pool({ connectionString: url, max: 5 });
pool.on('error', () => {});
await pool.query('create table if not exists rows (round int, n int, primary key (round, n))');
console.log(JSON.stringify({ ready: true }));
let n = 0;
const insert = async () => {
  for (;;) {
    const mine = n++;
    await pool.query('insert into rows values ($1, $2)', [Number(round), mine]);
    console.log(JSON.stringify({ n: mine }));
  }
};
await Promise.all(Array.from({ length: 5 }, insert));
