import { describe, expect, test } from '@jest/globals';
import { createPathMapper, type MappedPath } from '../../src/coverage/map-paths.js';
import { plain } from '../../src/domain/message.js';
import { linesOf, reportOf } from './ask.js';
import { LCOV } from './reports.js';

interface Case {
  readonly known: readonly string[];
  readonly isComplete?: boolean;
  readonly origin?: string;
  readonly hints?: Readonly<Record<string, string>>;
}

function mapAll(
  reported: readonly string[],
  { known, isComplete = true, origin = 'lcov.info', hints = {} }: Case,
) {
  const map = createPathMapper({ paths: new Set(known), isComplete });
  const mapped = map(
    reported.map((path) => ({ path, hint: hints[path] ?? null })),
    origin,
  );
  return mapped.map((each: MappedPath) =>
    each.kind === 'file' ? each.path : each.kind === 'outside' ? null : each.candidates,
  );
}

const SHOP = ['src/tax.ts', 'src/pay.ts', 'src/cart/index.ts', 'index.ts', 'packages/ui/src/index.ts'];

describe('a path that the repository has', () => {
  test('stays as it is', () => {
    expect(mapAll(['src/tax.ts', './src/pay.ts', 'src//cart/../cart/index.ts'], { known: SHOP })).toEqual([
      'src/tax.ts',
      'src/pay.ts',
      'src/cart/index.ts',
    ]);
  });

  test('is not mistaken for one of the same name', () => {
    expect(mapAll(['src/index.ts', 'src/tax.ts'], { known: SHOP })).toEqual([
      'packages/ui/src/index.ts',
      'src/tax.ts',
    ]);
    expect(mapAll(['index.ts', 'src/tax.ts', 'src/pay.ts'], { known: SHOP })[0]).toBe('index.ts');
  });
});

describe('an absolute path', () => {
  test.each([
    ['GitHub’s Linux runner', '/home/runner/work/shop/shop/'],
    ['its macOS runner', '/Users/runner/work/shop/shop/'],
    ['its Windows runner', 'D:\\a\\shop\\shop\\'],
    ['a container job', '/__w/shop/shop/'],
    ['a container action', '/github/workspace/'],
    ['a runner of one’s own', '/opt/actions-runner/_work/shop/shop/'],
    ['anywhere', '/builds/acme/checkout-17/'],
    ['a URL', 'file:///home/runner/work/shop/shop/'],
  ])('of %s loses its root', (_, root) => {
    const reported = ['src/tax.ts', 'src/cart/index.ts', 'index.ts'].map((path) =>
      root.includes('\\') ? root + path.replaceAll('/', '\\') : root + path,
    );
    expect(mapAll(reported, { known: SHOP })).toEqual(['src/tax.ts', 'src/cart/index.ts', 'index.ts']);
  });

  test.each(['/home/runner/work/shop/shop/', '/builds/acme/checkout-17/'])(
    'below %s that is no file of the repository is none, though one ends alike',
    (root) => {
      const reported = ['src/tax.ts', 'src/pay.ts', 'build/index.ts', 'lib/src/cart/index.ts'];
      expect(
        mapAll(
          reported.map((path) => root + path),
          { known: SHOP },
        ),
      ).toEqual(['src/tax.ts', 'src/pay.ts', null, null]);
    },
  );

  test('of a runner loses all of its root, though a folder is named like the repository', () => {
    const known = ['src/tax.ts', 'shop/src/tax.ts'];
    expect(mapAll(['/home/runner/work/shop/shop/src/tax.ts'], { known })).toEqual(['src/tax.ts']);
  });

  test('of a checkout below the runner’s root loses that too', () => {
    const reported = ['src/tax.ts', 'gen/x.ts'].map((path) => `/home/runner/work/ops/ops/shop/${path}`);
    expect(mapAll(reported, { known: SHOP })).toEqual(['src/tax.ts', null]);
  });

  test('of an image that holds one folder of the repository is put back there', () => {
    const known = [
      'services/billing/app/tax.py',
      'services/billing/app/pay.py',
      'services/ledger/app/book.py',
    ];
    expect(mapAll(['/app/app/tax.py', '/app/app/pay.py'], { known })).toEqual(known.slice(0, 2));
  });

  test('of two runners in one report both lose their roots', () => {
    expect(
      mapAll(['/home/runner/work/shop/shop/src/tax.ts', 'D:\\a\\shop\\shop\\src\\pay.ts'], { known: SHOP }),
    ).toEqual(['src/tax.ts', 'src/pay.ts']);
  });
});

describe('a coincidence of names', () => {
  const many = Array.from({ length: 12 }, (_, i) => `src/f${i}.ts`);

  test('with a file of a package is none of the repository’s files', () => {
    expect(mapAll(['src/tax.ts', 'src/pay.ts', 'vendor/x/src/index.ts'], { known: SHOP })[2]).toBeNull();
    expect(mapAll([...many, 'vendor/src/tax.ts'], { known: [...many, 'src/tax.ts'] })[12]).toBeNull();
  });

  test('with a file deeper down is none when the rest is found where it is', () => {
    expect(mapAll([...many, 'made.ts'], { known: [...many, 'packages/ui/made.ts'] })[12]).toBeNull();
  });

  test('below the runner’s root is none, though nothing else is known', () => {
    const reported = ['packages/ui/src/index.ts', 'src/tax.ts', 'src/pay.ts'];
    const known = { known: ['src/index.ts'], isComplete: false };
    expect(
      mapAll(
        reported.map((path) => `/home/runner/work/shop/shop/${path}`),
        known,
      ),
    ).toEqual([null, null, null]);
    expect(
      mapAll(
        reported.concat('a', 'b').map((path) => `/x/${path}`),
        known,
      )[0],
    ).toBeNull();
  });
});

describe('a path below a folder nobody names', () => {
  const known = [
    'packages/ui/src/index.ts',
    'packages/ui/src/button.ts',
    'packages/api/src/index.ts',
    'packages/api/src/route.ts',
    'src/index.ts',
  ];

  test('is found by the folder that explains the whole report', () => {
    expect(mapAll(['src/index.ts', 'src/button.ts'], { known })).toEqual([
      'packages/ui/src/index.ts',
      'packages/ui/src/button.ts',
    ]);
  });

  test('is settled by where the report lay', () => {
    expect(mapAll(['src/index.ts'], { known, origin: 'packages/api/coverage/lcov.info' })).toEqual([
      'packages/api/src/index.ts',
    ]);
    expect(
      mapAll(['src/index.ts', 'src/route.ts', 'src/button.ts'], { known, origin: 'packages/api/lcov.info' }),
    ).toEqual(['packages/api/src/index.ts', 'packages/api/src/route.ts', 'packages/ui/src/button.ts']);
  });

  test('is ambiguous when two folders explain the report, and never guessed', () => {
    expect(mapAll(['src/index.ts', 'src/route.ts', 'src/button.ts'], { known })[0]).toEqual(
      expect.arrayContaining(['packages/api/src/index.ts', 'packages/ui/src/index.ts']),
    );
  });

  test('two reports that write the same path are two files', async () => {
    const text = (name: string) => `SF:src/index.ts\nDA:1,${name === 'ui' ? 1 : 0}\nend_of_record\n`;
    const report = await reportOf(
      { 'packages/ui/coverage/lcov.info': text('ui'), 'packages/api/coverage/lcov.info': text('api') },
      { paths: known },
    );
    expect(linesOf(report)).toEqual({
      'packages/ui/src/index.ts': '1 | ',
      'packages/api/src/index.ts': ' | 1',
    });
  });
});

describe('module and package names', () => {
  test('a Go module loses its prefix', () => {
    const known = ['main.go', 'pkg/tax/tax.go', 'pkg/tax/rate.go', 'internal/pay.go'];
    expect(
      mapAll(
        known.map((path) => `github.com/acme/shop/${path}`),
        { known },
      ),
    ).toEqual(known);
  });

  test('a Go module in a folder gets the folder', () => {
    const known = ['services/billing/pkg/tax.go', 'services/billing/pkg/rate.go', 'web/src/tax.ts'];
    expect(
      mapAll(['github.com/acme/shop/billing/pkg/tax.go', 'github.com/acme/shop/billing/pkg/rate.go'], {
        known,
      }),
    ).toEqual(known.slice(0, 2));
  });

  const java = (module: string, name: string) => `${module}/src/main/java/com/acme/${name}.java`;

  test('JaCoCo’s packages get the source folder of each module', () => {
    const known = [java('billing', 'Tax'), java('billing', 'Rate'), java('ledger', 'Book')];
    expect(mapAll(['com/acme/Tax.java', 'com/acme/Rate.java', 'com/acme/Book.java'], { known })).toEqual(
      known,
    );
  });

  test('two modules with the same class are told apart by JaCoCo’s group, or not at all', async () => {
    const known = [
      java('billing', 'Util'),
      java('billing', 'Tax'),
      java('ledger', 'Util'),
      java('ledger', 'Book'),
    ];
    const reported = ['com/acme/Tax.java', 'com/acme/Book.java', 'com/acme/Util.java'];
    expect(mapAll(reported, { known })[2]).toEqual(expect.arrayContaining([known[0], known[2]]));
    expect(mapAll(reported, { known, hints: { 'com/acme/Util.java': 'ledger' } })[2]).toBe(known[2]);
    const group = (name: string, ci: number, other: string) =>
      `<group name="${name}"><package name="com/acme"><sourcefile name="Util.java"><line nr="1" mi="${1 - ci}" ci="${ci}"/></sourcefile><sourcefile name="${other}.java"><line nr="1" mi="0" ci="1"/></sourcefile></package></group>`;
    const xml = `<report name="all">${group('billing', 1, 'Tax')}${group('ledger', 0, 'Book')}</report>`;
    const report = await reportOf({ 'jacoco.xml': xml }, { paths: known });
    expect(linesOf(report)).toMatchObject({ [known[0]!]: '1 | ', [known[2]!]: ' | 1' });
  });
});

describe('when only the changed files are known', () => {
  const root = '/home/runner/work/shop/shop/';
  const report = ['src/tax.ts', 'src/pay.ts', 'packages/ui/index.ts', 'index.ts'];

  test('they are found', () => {
    expect(
      mapAll(
        report.map((path) => root + path),
        { known: ['src/tax.ts'], isComplete: false },
      ),
    ).toEqual(['src/tax.ts', null, null, null]);
    expect(mapAll(report, { known: ['packages/ui/index.ts'], isComplete: false })).toEqual([
      null,
      null,
      'packages/ui/index.ts',
      null,
    ]);
  });

  test('a deeper file of the same name is not taken for one at the root', () => {
    const known = { known: ['index.ts', 'src/tax.ts'], isComplete: false };
    expect(
      mapAll(
        report.map((path) => root + path),
        known,
      ),
    ).toEqual(['src/tax.ts', null, null, 'index.ts']);
    const withoutRoot = [`${root}packages/ui/index.ts`, `${root}src/tax.ts`, `${root}src/pay.ts`];
    expect(mapAll(withoutRoot, known)).toEqual([null, 'src/tax.ts', null]);
    expect(mapAll(['/somewhere/packages/ui/index.ts'], { known: ['index.ts'], isComplete: false })).toEqual([
      null,
    ]);
  });

  const ui = { paths: ['packages/ui/src/index.ts'], isComplete: false };
  const one = (line: number) => `SF:src/index.ts\nDA:${line},1\nend_of_record\n`;

  test('a short path is taken for a changed file, and that is said', async () => {
    const report = await reportOf({ 'lcov.info': one(1) }, ui);
    expect(linesOf(report)).toEqual({ 'packages/ui/src/index.ts': '1 | ' });
    expect(report.notes.map(plain)).toEqual([
      'src/index.ts of the coverage is taken for packages/ui/src/index.ts: only the changed files were compared.',
    ]);
  });

  test('a short path of two reports is that of the one which lies in the file’s folder', async () => {
    const reports = { 'packages/api/lcov.info': one(1), 'packages/ui/lcov.info': one(2) };
    const report = await reportOf(reports, ui);
    expect(linesOf(report)).toEqual({ 'packages/ui/src/index.ts': '2 | ' });
    expect(report.totals).toEqual({ covered: 2, executable: 2 });
  });

  test('a short path of two reports that lie elsewhere is nobody’s', async () => {
    const report = await reportOf({ 'a/lcov.info': one(1), 'b/lcov.info': one(2) }, ui);
    expect(linesOf(report)).toEqual({});
    expect(report.notes.map(plain)).toEqual([
      'src/index.ts of the coverage may be packages/ui/src/index.ts: it is left out.',
    ]);
  });

  test('totals count every file of the report', async () => {
    const some = await reportOf({ a: LCOV }, { paths: ['src/tax.ts'], isComplete: false });
    expect(some.totals).toEqual({ covered: 2, executable: 4 });
    expect(some.notes).toEqual([]);
    const all = await reportOf({ a: LCOV }, { paths: ['src/tax.ts'] });
    expect(all.totals).toEqual({ covered: 2, executable: 3 });
  });
});

describe('what cannot be mapped is said', () => {
  test('one by one', async () => {
    const report = await reportOf({ a: `${LCOV}SF:gen/x.ts\nDA:1,1\nend_of_record\n` });
    expect(report.unmapped).toEqual([{ reported: 'gen/x.ts', candidates: [] }]);
    expect(report.notes.map(plain)).toEqual([
      '1 file of the coverage is not in the repository, for example gen/x.ts.',
    ]);
  });

  test('when it is all of them', async () => {
    const report = await reportOf({ a: LCOV }, { paths: ['README.md'] });
    expect(report).toMatchObject({ unmappedCount: 2, totals: { executable: 0 } });
    expect(report.notes.map(plain)).toEqual([
      'None of the files of the coverage is in the repository, for example src/tax.ts.',
    ]);
  });

  test('when it may be several', async () => {
    const paths = ['a/x/src/index.ts', 'b/x/src/index.ts', 'a/x/src/a.ts', 'b/x/src/b.ts'];
    const files = ['index', 'a', 'b'].map((name) => `SF:src/${name}.ts\nDA:1,1\nend_of_record\n`);
    const report = await reportOf({ c: files.join('') }, { paths });
    expect(report.unmapped).toEqual([{ reported: 'src/index.ts', candidates: expect.any(Array) }]);
    expect(report.notes.map(plain)).toEqual([
      'src/index.ts of the coverage may be a/x/src/index.ts or b/x/src/index.ts: it is left out.',
    ]);
  });
});

test('20,000 files against 50,000 paths are mapped in seconds', () => {
  const known = Array.from(
    { length: 50_000 },
    (_, i) => `packages/p${i % 500}/src/d${i % 7}/${i % 50 === 0 ? 'index' : `f${i}`}.ts`,
  );
  const reported = known.slice(0, 20_000).map((path) => `/home/runner/work/shop/shop/${path}`);
  expect(mapAll(reported, { known })).toEqual(known.slice(0, 20_000));
});
