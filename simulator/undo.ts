// Maps that can be put back to what they were, at the cost of what was changed since and not of all that they hold.

/** What puts back each change since the log was begun, oldest first; null: nothing is to be put back. */
export interface UndoLog {
  steps: (() => void)[] | null;
}

/** A map whose changes are in the log. Its values are replaced, never changed in place. */
export class UndoMap<Value> extends Map<string, Value> {
  readonly #log: UndoLog;

  constructor(log: UndoLog) {
    super();
    this.#log = log;
  }

  override set(key: string, value: Value): this {
    const isThere = this.has(key);
    const before = this.get(key) as Value;
    this.#log.steps?.push(() => (isThere ? super.set(key, before) : super.delete(key)));
    return super.set(key, value);
  }

  /** Costs a copy of the map: only so does a row come back to its old place in the order. */
  override delete(key: string): boolean {
    if (!this.has(key)) return false;
    const rows = [...this];
    this.#log.steps?.push(() => {
      super.clear();
      for (const [own, value] of rows) super.set(own, value);
    });
    return super.delete(key);
  }

  override clear(): void {
    for (const key of [...this.keys()]) this.delete(key);
  }
}
