// Which text can a PostgreSQL column hold?
// Neither `text` nor `jsonb` takes U+0000, and `jsonb` takes no lone surrogate. Both can stand in a signed webhook,
// and an error there would refuse the same delivery for ever.

/** The text with every character that PostgreSQL refuses replaced by U+FFFD. */
export function storableText(text: string): string {
  return text.replace(/\u0000|\p{Surrogate}/gu, '\ufffd');
}

/** JSON text for a `jsonb` column; keys and values are made storable. `undefined` becomes `null`. */
export function storableJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, entry: unknown) => {
      if (typeof entry === 'string') return storableText(entry);
      if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return entry;
      const entries = Object.entries(entry);
      if (entries.every(([key]) => storableText(key) === key)) return entry;
      return Object.fromEntries(entries.map(([key, inner]) => [storableText(key), inner]));
    }) ?? 'null'
  );
}
