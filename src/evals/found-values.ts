// What can be made of a value in JSON from a stranger?

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that may not be there, of a value that may be no object. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}

/** Text, or a number as text; `null` for anything else and for nothing. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** Names in a list or parted by commas. */
export function namesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(',').filter((name) => name.trim() !== '');
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => textOf(item) ?? []);
}

/** `category`, `categories` and `tags`, as people write them into metadata. */
export function categoriesOf(metadata: unknown): readonly string[] {
  return [
    ...namesOf(at(metadata, 'category')),
    ...namesOf(at(metadata, 'categories')),
    ...namesOf(at(metadata, 'tags')),
  ];
}
