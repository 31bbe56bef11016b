// What does a reader of foreign files need of a file, wherever it comes from?

/** A file to be read once, from the beginning to the end, before the next one is asked for. */
export interface NamedFile {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}
