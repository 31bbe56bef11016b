// Since when? `365d`, `12w` or a day of the calendar.
import { CommandFailure } from './exit-codes.js';

const DAY = 86_400;
/** Before it there was no git. */
const FIRST_YEAR = 1990;
const MOST_DAYS = 36_500;

/** Seconds since 1970. */
export function parseSince(text: string, now: Date): number {
  const seconds = Math.floor(now.getTime() / 1000);
  const ago = /^(\d{1,6})([dw])$/.exec(text);
  if (ago !== null) {
    const days = Number(ago[1]) * (ago[2] === 'w' ? 7 : 1);
    if (days >= 1 && days <= MOST_DAYS) return seconds - days * DAY;
    throw new CommandFailure(`--since ${text}: give 1 to ${MOST_DAYS} days, for example 365d.`);
  }
  const year = /^(\d{4})-\d{2}-\d{2}/.exec(text)?.[1];
  if (year !== undefined && Number(year) < FIRST_YEAR)
    throw new CommandFailure(
      `--since ${text}: give a day from ${FIRST_YEAR}-01-01 on, for example 2026-01-31.`,
    );
  const time = readDay(text);
  if (time === null)
    throw new CommandFailure(
      `--since ${text} is no time. Give a number of days or weeks, such as 365d or 26w, or a day as YEAR-MONTH-DAY, such as 2026-01-31.`,
    );
  return time;
}

/** A day that the calendar has; with a time of day it is a moment. */
function readDay(text: string): number | null {
  const day = /^(\d{4})-(\d{2})-(\d{2})(?:$|T)/.exec(text);
  if (day === null) return null;
  const time = Date.parse(text);
  // The 31st of February is the 3rd of March to a computer and a slip to a person.
  const midnight = new Date(Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3])));
  const isDay = midnight.getUTCMonth() === Number(day[2]) - 1 && midnight.getUTCDate() === Number(day[3]);
  return Number.isNaN(time) || !isDay ? null : Math.floor(time / 1000);
}
