// Is anybody left on the lists who may approve?
import { code, type Message, say } from '../domain/message.js';
import type { Snapshot } from '../domain/snapshot.js';
import { type Participants, participationOf } from './participants.js';
import { isMachineUser, isTeam, teamOf } from './people.js';

export interface ApproverPool {
  /** How many on the lists may approve; `null` where nobody can count them. */
  readonly size: number | null;
  /** Why a list, or a person named on one, is out. */
  readonly out: readonly Message[];
}

export function poolOf(
  from: readonly string[],
  machineUsers: readonly string[],
  participants: Participants,
  snapshot: Snapshot,
): ApproverPool {
  const able = new Set<string>();
  const out: Message[] = [];
  let countable = true;
  for (const name of from) {
    const members = membersOf(name, snapshot);
    if (members === 'unknown') countable = false;
    else if (members === 'nobody') out.push(whyNobody(name, snapshot));
    else {
      for (const login of members) {
        const why = whyNot(login);
        if (why === null) able.add(login.toLowerCase());
        else if (members.length <= 10) out.push(say`${code(`@${login}`)} may not approve it: ${why}.`);
      }
    }
  }
  return { size: countable ? able.size : null, out };

  function whyNot(login: string): Message | null {
    if (isMachineUser(login, machineUsers)) return say`is a machine user`;
    return participationOf({ login, id: null, type: null }, participants);
  }
}

function membersOf(name: string, snapshot: Snapshot): readonly string[] | 'unknown' | 'nobody' {
  if (name === 'anyone' || name === 'admin') return 'unknown';
  if (!name.startsWith('@')) return 'nobody';
  if (!isTeam(name)) return [name.slice(1)];
  const team = teamOf(snapshot, name);
  if (team === undefined) return 'unknown';
  return team.found && team.members.length > 0 ? team.members : 'nobody';
}

function whyNobody(name: string, snapshot: Snapshot): Message {
  if (!name.startsWith('@')) return say`${code(name)} is no account or team that GitHub could tell.`;
  const team = teamOf(snapshot, name);
  return team !== undefined && !team.found
    ? say`${code(name)} was not found: ${team.why}.`
    : say`${code(name)} has no direct members.`;
}
