import { invariant } from "@stickfarm/common/invariant";
import sqlite3 from "sqlite3";

export type Value = string | number | Uint8Array | null;
export type Row = Readonly<Record<string, unknown>>;

/** What runs inside a transaction: the same handle, so nothing else comes between. */
export type Tx = {
  readonly run: (sql: string, values?: readonly Value[]) => Promise<{ readonly changes: number }>;
  readonly all: (sql: string, values?: readonly Value[]) => Promise<readonly Row[]>;
};

/**
 * The one file that knows the SQLite driver. One connection is the one writer; transactions queue, because two async
 * transactions on one handle would interleave ("cannot start a transaction within a transaction").
 *
 * The driver is archived by its makers; `node:sqlite` is its successor once Node 20 is no longer served.
 */
export class Db {
  readonly #handle: sqlite3.Database;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(handle: sqlite3.Database) {
    this.#handle = handle;
  }

  static open(path: string): Promise<Db> {
    return new Promise((resolve, reject) => {
      const handle = new sqlite3.Database(path, (error) => {
        if (error === null) resolve(new Db(handle));
        else reject(error);
      });
    });
  }

  /** One transaction: all or nothing, after every transaction that was asked for before. */
  transaction<Out>(work: (tx: Tx) => Promise<Out>): Promise<Out> {
    return this.#enqueue(async () => {
      await this.#run("BEGIN IMMEDIATE", []);
      try {
        const out = await work({
          run: (sql, values = []) => this.#run(sql, values),
          all: this.#all,
        });
        await this.#run("COMMIT", []);
        return out;
      } catch (error) {
        await this.#rollBack();
        throw error;
      }
    });
  }

  /** Reads outside a transaction; never sees half of one. */
  read(sql: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    return this.#enqueue(() => this.#all(sql, values));
  }

  /** For PRAGMAs, which must run outside a transaction. */
  exec(sql: string): Promise<void> {
    return this.#enqueue(
      () =>
        new Promise<void>((resolve, reject) => {
          this.#handle.exec(sql, (error) => (error === null ? resolve() : reject(error)));
        }),
    );
  }

  close(): Promise<void> {
    return this.#enqueue(
      () =>
        new Promise<void>((resolve, reject) => {
          this.#handle.close((error) => (error === null ? resolve() : reject(error)));
        }),
    );
  }

  #enqueue<Out>(work: () => Promise<Out>): Promise<Out> {
    const done = this.#tail.then(work);
    // The queue goes on after a failure; the failure itself goes to the caller.
    this.#tail = done.catch(() => undefined);
    return done;
  }

  #run(sql: string, values: readonly Value[]): Promise<{ readonly changes: number }> {
    values.forEach(assertStorable);
    return new Promise((resolve, reject) => {
      this.#handle.run(sql, values, function (error) {
        if (error === null) resolve({ changes: this.changes });
        else reject(error);
      });
    });
  }

  readonly #all = (sql: string, values: readonly Value[] = []): Promise<readonly Row[]> => {
    values.forEach(assertStorable);
    return new Promise((resolve, reject) => {
      this.#handle.all<Row>(sql, values, (error, rows) => {
        if (error === null) resolve(rows);
        else reject(error);
      });
    });
  };

  async #rollBack(): Promise<void> {
    try {
      await this.#run("ROLLBACK", []);
    } catch (error) {
      // SQLite rolls back by itself on SQLITE_FULL and SQLITE_IOERR: https://www.sqlite.org/lang_transaction.html
      if (!(error instanceof Error && error.message.includes("no transaction is active")))
        throw error;
    }
  }
}

/** The driver stores a bigint as NULL and an object as "[object Object]" without a word. */
function assertStorable(value: unknown): void {
  const storable =
    value === null ||
    typeof value === "string" ||
    (typeof value === "number" && Number.isFinite(value)) ||
    value instanceof Uint8Array;
  invariant(
    storable,
    `a value given to SQLite is text, number, bytes or null, not ${typeof value}`,
  );
}
