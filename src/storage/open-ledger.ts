// How does the ledger of merged changes stand on the database?
import type { Database } from './database.js';
import type { Ledger } from './ledger.js';
import { openLedgerChanges } from './ledger-changes.js';
import { openLedgerCorrections } from './ledger-corrections.js';
import { openLedgerCounters } from './ledger-counters.js';
import { openLedgerNotes } from './ledger-notes.js';
import { openLedgerOutcomes } from './ledger-outcomes.js';
import { openLedgerReadings } from './ledger-reading.js';
import { openLedgerRecording } from './ledger-record.js';
import { openLedgerStates } from './ledger-state.js';

/** `now` in seconds since 1970: no change is recorded as merged later than a day after it. */
export function openLedger(database: Database, now = () => Math.floor(Date.now() / 1_000)): Ledger {
  return {
    ...openLedgerStates(database, now),
    ...openLedgerRecording(database, now),
    ...openLedgerCounters(database),
    ...openLedgerReadings(database),
    ...openLedgerChanges(database),
    ...openLedgerOutcomes(database),
    ...openLedgerNotes(database),
    ...openLedgerCorrections(database),
  };
}
