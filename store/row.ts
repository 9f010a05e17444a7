// How a record of the engine lies in a table: one column a field, in snake case, so that reading and writing cannot
// drift apart.
import { json, time } from './session.ts';

export type Kind = 'plain' | 'bool' | 'time' | 'json';

export interface RowShape<T> {
  /** `id, customer_id, ...` */
  columns: string;
  /** `id, customer_id AS "customerId", ...` */
  select: string;
  /** `$1, $2, ...` */
  placeholders: string;
  /** `$3` for the third field. */
  placeholder(field: keyof T): string;
  /** `customer_id = EXCLUDED.customer_id, ...`, without the columns named. */
  excluded(...except: string[]): string;
  values(record: T): unknown[];
  /** `$1::text[], $2::timestamptz[], ...`: many records, a list a field. Plain fields must be texts. */
  arrays: string;
  lists(records: T[]): unknown[][];
}

const arrayTypes: { [kind in Kind]: string } = { plain: 'text', bool: 'boolean', time: 'timestamptz', json: 'jsonb' };

/** Names every field of `T` and what it is; a field that is missing here is a type error. */
export function rowShape<T extends object>(kinds: { [Field in keyof Required<T>]: Kind }): RowShape<T> {
  const fields = Object.entries<Kind>(kinds).map(([field, kind]) => ({ field, kind, column: columnOf(field) }));
  const columns = fields.map(({ column }) => column);
  return {
    columns: columns.map(quoted).join(', '),
    select: fields.map(({ field, column }) => `${quoted(column)} AS "${field}"`).join(', '),
    placeholders: fields.map((_, index) => `$${index + 1}`).join(', '),
    placeholder: (field) => `$${fields.findIndex((known) => known.field === field) + 1}`,
    excluded: (...except) =>
      columns
        .filter((column) => !except.includes(column))
        .map((column) => `${quoted(column)} = EXCLUDED.${quoted(column)}`)
        .join(', '),
    values: (record) => fields.map(({ field, kind }) => toColumn(record[field as keyof T], kind)),
    arrays: fields.map(({ kind }, index) => `$${index + 1}::${arrayTypes[kind]}[]`).join(', '),
    lists: (records) =>
      fields.map(({ field, kind }) => records.map((record) => toColumn(record[field as keyof T], kind))),
  };
}

/** `customerId` → `customer_id`. */
function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `to` and `by` are words of SQL. */
function quoted(column: string): string {
  return `"${column}"`;
}

function toColumn(value: unknown, kind: Kind): unknown {
  if (value === null || value === undefined) return null;
  if (kind === 'time') return time(value as number);
  return kind === 'json' ? json(value) : value;
}
