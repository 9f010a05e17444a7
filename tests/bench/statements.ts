// How many SQL statements this process has sent, whoever sent them.
import pg from 'pg';

let count = 0;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  count += 1;
  return Reflect.apply(query, this, args);
} as typeof query;

export function statementCount(): number {
  return count;
}
