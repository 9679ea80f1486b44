const preferred = () => (typeof navigator === 'undefined' ? [] : navigator.languages);

/** The variant of the studio's language that the reader's browser asks for, as British for English: it decides how dates are written. */
export const localeOf = (language: string, wanted = preferred()): string => wanted.find((tag) => tag.startsWith(`${language}-`)) ?? language;

/** Moment as the reader's locale writes it, to the second. */
export function formatTime(iso: string, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso));
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Infinity],
];

/** Distance from `now`, in the largest unit that fits: "3 minutes ago". */
export function formatAgo(iso: string, language: string, now: number): string {
  const format = new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'auto', style: 'short' });
  let amount = (new Date(iso).getTime() - now) / 1000;
  for (const [unit, size] of steps) {
    if (Math.abs(amount) < size) return format.format(Math.ceil(amount), unit);
    amount /= size;
  }
  return iso;
}

/** A duration given in seconds: "340 ms", "4.2 s", "3 min 5 s". */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** The day of a moment as the reader's locale writes it. */
export function formatDay(iso: string, language: string): string {
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'medium' }).format(new Date(iso));
}

/** A moment in short: the time alone if it is today. */
export function formatMoment(iso: string, language: string, now = new Date()): string {
  const moment = new Date(iso);
  const today = moment.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(localeOf(language), today ? { timeStyle: 'medium' } : { dateStyle: 'medium', timeStyle: 'short' }).format(moment);
}
