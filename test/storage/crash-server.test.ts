// Is an acknowledged event ever lost when a process on a PostgreSQL server is killed?
import { describeCrash } from './crash.js';
import { ENGINES } from './engines.js';

// Other servers must first miss the dead one: a heartbeat of ten seconds, and the next look.
describeCrash(ENGINES.find(({ name }) => name === 'PostgreSQL')!, 16_000);
