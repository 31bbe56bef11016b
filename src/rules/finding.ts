// How is one conclusion written down?
import type { Message } from '../domain/message.js';
import type { Snapshot } from '../domain/snapshot.js';
import type { Finding, Remedy } from '../domain/verdict.js';

type Details = readonly Message[];

export function pass(title: Message, reason: Message, details: Details = []): Finding {
  return { state: 'pass', title, reason, remedy: null, details };
}

export function skipped(title: Message, reason: Message, details: Details = []): Finding {
  return { state: 'skipped', title, reason, remedy: null, details };
}

export function fail(title: Message, reason: Message, remedy: Remedy | null, details: Details = []): Finding {
  return { state: 'fail', title, reason, remedy, details };
}

export function waiting(title: Message, reason: Message, remedy: Remedy, details: Details = []): Finding {
  return { state: 'waiting', title, reason, remedy, details };
}

export function pending(title: Message, reason: Message, remedy: Remedy, details: Details = []): Finding {
  return { state: 'pending', title, reason, remedy, details };
}

/** A fact is missing: on GitHub it is still being read, in a clone nobody can tell. Never a pass. */
export function undecided(
  snapshot: Snapshot,
  title: Message,
  reason: Message,
  remedy: Remedy,
  details: Details = [],
): Finding {
  if (snapshot.source === 'local') return { ...waiting(title, reason, remedy, details), notKnown: true };
  return { ...pending(title, reason, remedy, details), notKnown: true };
}
