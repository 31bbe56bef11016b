// Thrown where the tool itself says that it did not finish: its file is sound and still no result.
import type { Message } from '../domain/message.js';
import { plain } from '../domain/message.js';

export class Incomplete extends Error {
  override readonly name = 'Incomplete';

  constructor(readonly what: Message) {
    super(plain(what));
  }
}
