// Importing this file keeps a test file off the network, and gives the network back to the next one.
// nock patches Node's own modules, which the test files of one worker share.
import { afterAll, beforeAll } from '@jest/globals';
import nock from 'nock';

beforeAll(() => {
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
});
afterAll(() => {
  nock.cleanAll();
  nock.enableNetConnect();
  nock.restore();
});
