/** Takes CSV by RFC 4180 apart, in pieces of any size. Holds one record. */
export class CsvParser {
  #cell = '';
  #record: string[] = [];
  #state: 'plain' | 'quoted' | 'quote' = 'plain';
  #begun = false;

  /** The records that end in this piece. */
  *take(piece: string): Generator<readonly string[]> {
    for (const letter of piece) {
      if (this.#state === 'quoted') {
        if (letter === '"') this.#state = 'quote';
        else this.#cell += letter;
      } else if (letter === '"') {
        // In quotes, two of them are one.
        if (this.#state === 'quote') this.#cell += letter;
        this.#state = 'quoted';
        this.#begun = true;
      } else if (letter === '\n') {
        yield this.#endRecord();
      } else {
        this.#outside(letter);
      }
    }
  }

  /** What follows the last end of line; undefined: nothing. */
  rest(): readonly string[] | undefined {
    return this.#begun ? this.#endRecord() : undefined;
  }

  #outside(letter: string): void {
    this.#begun = true;
    this.#state = 'plain';
    if (letter === ',') this.#endCell();
    else if (letter !== '\r') this.#cell += letter;
  }

  #endCell(): void {
    this.#record.push(this.#cell);
    this.#cell = '';
    this.#state = 'plain';
  }

  #endRecord(): readonly string[] {
    this.#endCell();
    const record = this.#record;
    this.#record = [];
    this.#begun = false;
    return record;
  }
}
