// Why can a file from outside not be read?
import type { Message } from '../domain/message.js';
import { plain } from '../domain/message.js';

/**
 * Thrown by a reader of this folder and caught by the one who asked for the file, who makes it a result in words.
 * `too-large`: a cap was met, and what lies behind it was not looked at.
 */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';

  constructor(
    readonly what: Message,
    readonly kind: 'malformed' | 'too-large' = 'malformed',
  ) {
    super(plain(what));
  }
}
