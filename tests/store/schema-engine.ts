// Prisma's schema engine as WebAssembly: the comparison behind `prisma migrate diff`, without its binary. A program of
// its own (`schema-engine.ts <database url>`), since a panic of the engine leaves the process beyond repair.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

const SCHEMA = new URL('../../prisma/schema.prisma', import.meta.url);

/** The SQL that would bring this database to prisma/schema.prisma; a comment alone where there is nothing to do. */
async function schemaDifference(url: string): Promise<string> {
  load();
  const files = [{ path: 'schema.prisma', content: readFileSync(SCHEMA, 'utf8') }];
  const pool = relabelled(new pg.Pool({ connectionString: url, max: 1 }));
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  const engine = await glue.SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
  const { stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: '.' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  await pool.end();
  return stdout!.trim();
}

// Node has it; the types of Node name it, and leave what is in it to the browser's.
const { Instance, Module } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: { __wbindgen_start(): void } };
}

/** The package's own loader imports a .wasm file, which Node does only behind a flag. */
function load(): void {
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = readFileSync(file.replace(/\.js$/, '.wasm'));
  const { exports } = new Instance(new Module(bytes), { './schema_engine_bg.js': glue });
  (glue as unknown as { __wbg_set_wasm(exports: object): void }).__wbg_set_wasm(exports);
  // Where it looks for a place to put the text of a panic.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: console.error } });
  exports.__wbindgen_start();
}

/** The engine cannot read the type `"char"` (OID 18) of the system catalogs; as `bpchar` (1042) it can. */
function relabelled(pool: pg.Pool): pg.Pool {
  const query = pool.query.bind(pool) as (...given: unknown[]) => Promise<pg.QueryResult>;
  const relabel = async (...given: unknown[]) => {
    const result = await query(...given);
    for (const field of result.fields ?? []) if (field.dataTypeID === 18) field.dataTypeID = 1042;
    return result;
  };
  return Object.assign(pool, { query: relabel });
}

process.stdout.write(await schemaDifference(process.argv[2]!));
