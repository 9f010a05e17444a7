// The types that events and customers are declared with (journey-format §5), and the conversion of incoming values to them.

/** Any JSON value; what stands in `jsonb` columns. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonMap = { [key: string]: Json };

export type ScalarKind = 'string' | 'int' | 'number' | 'bool' | 'date' | 'time';

/** A declared property. `optional` is the language's `?`: the value may be missing. */
export type PropertyType =
  | { kind: ScalarKind; optional: boolean }
  | { kind: 'list'; of: PropertyType; optional: boolean }
  | { kind: 'map'; fields: Schema; optional: boolean };

export type Schema = { [property: string]: PropertyType };
