export default {
  testEnvironment: 'node',
  // Machines that run this are shared: a test that hangs still ends.
  testTimeout: 30_000,
  // Most tests wait for a server, a database or a process more than they compute.
  maxWorkers: '100%',
  roots: ['<rootDir>/test'],
  // `npm run test:slow`: whole processes, long queues, real waiting. `npm test` has short forms of all of them.
  testPathIgnorePatterns: process.env.SLOW === '1' ? [] : ['\\.slow\\.test\\.ts$'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
