// A process to be killed: stores a job, or works on one for ever. Says on standard output how far it is.
import { pino } from 'pino';
import { openStorage } from '../../src/storage/storage.js';

const [task, databaseUrl, dataFolder] = process.argv.slice(2);
const storage = await openStorage({
  databaseUrl: databaseUrl === '' ? null : databaseUrl!,
  dataFolder: dataFolder!,
  log: pino({ level: 'silent' }),
});
if (task === 'work') {
  await storage.queue.work((key) => {
    console.log(`at work on ${key}`);
    return new Promise(() => {});
  });
}
if (task !== 'open') {
  await storage.inTransaction(async () => {
    await storage.deliveries.record({
      id: 'acknowledged',
      event: 'push',
      action: null,
      installation: 1,
      outcome: 'queued',
      payload: null,
      receivedAt: new Date(),
    });
    await storage.queue.send('review:1:acme/shop#1');
  });
}
console.log('stored');
setInterval(() => {}, 60_000);
