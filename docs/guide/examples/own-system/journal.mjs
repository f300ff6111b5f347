// A durable list of rows in a file: one JSON row on each line, in the order in which they came.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export class Journal {
  #file;
  #unwritten = [];

  /** Opens the file and reads what is in it. With `together` rows are written only when so many have come. */
  constructor(path, together = 1) {
    mkdirSync(dirname(path), { recursive: true });
    this.together = together;
    this.rows = [];
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1); // A line that a crash tore off was never acknowledged.
    for (const line of whole.split('\n')) if (line) this.rows.push(JSON.parse(line));
    this.#file = openSync(path, 'a');
    if (whole.length < text.length) writeSync(this.#file, '\n');
  }

  /** Adds a row. When this returns and `together` is 1, the row is on disk. */
  add(row) {
    this.rows.push(row);
    this.#unwritten.push(JSON.stringify(row) + '\n');
    if (this.#unwritten.length >= this.together) this.write();
  }

  write() {
    writeSync(this.#file, this.#unwritten.join(''));
    fsyncSync(this.#file);
    this.#unwritten = [];
  }

  close() {
    if (this.#unwritten.length > 0) this.write();
    closeSync(this.#file);
  }
}
