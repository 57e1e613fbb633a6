import { expect, test } from 'vitest';
import { type LocalTime, localTime } from '../../src/domain/circumstances.ts';
import { freeze, frozenUntil } from '../../src/domain/policy/freeze.ts';

const at = (weekday: LocalTime['weekday'], time: string, date = '2026-03-01'): LocalTime =>
  localTime.parse({ zone: 'UTC', weekday, time, date });

const nights = freeze.parse({ name: 'nights', weekly: [{ days: ['sun'], from: '22:00', to: '06:00' }] });
const friday = freeze.parse({ name: 'friday', weekly: [{ days: ['fri'], from: '16:00', to: '24:00' }] });
const xmas = freeze.parse({ name: 'xmas', dates: [{ from: '2026-12-24', to: '2026-12-26' }] });
const launch = freeze.parse({
  name: 'launch',
  dates: [{ from: '2026-05-01T09:30', to: '2026-05-01T11:00' }],
});

const day = freeze.parse({ name: 'day', weekly: [{ days: ['sat'], from: '08:00', to: '08:00' }] });

test.each([
  ['a window that ends when it began, a day later', day, at('sat', '09:00'), 'sun 08:00'],
  ['its last minute', day, at('sun', '07:59'), 'sun 08:00'],
  ['the minute before moments', launch, at('fri', '09:29', '2026-05-01'), undefined],
  ['before a weekly window', friday, at('fri', '15:59'), undefined],
  ['at its first minute', friday, at('fri', '16:00'), 'fri 24:00'],
  ['at its last minute', friday, at('fri', '23:59'), 'fri 24:00'],
  ['the same time on another day', friday, at('sat', '16:00'), undefined],
  ['the evening of a window past midnight', nights, at('sun', '22:00'), 'mon 06:00'],
  [
    'its early morning, on the next day and over the end of the week',
    nights,
    at('mon', '05:59'),
    'mon 06:00',
  ],
  ['when it is over', nights, at('mon', '06:00'), undefined],
  ['the early morning of its own day', nights, at('sun', '05:00'), undefined],
  ['the last minute before dates', xmas, at('wed', '23:59', '2026-12-23'), undefined],
  ['the first minute of dates', xmas, at('thu', '00:00', '2026-12-24'), 'the end of 2026-12-26'],
  ['the last day counts whole', xmas, at('sat', '23:59', '2026-12-26'), 'the end of 2026-12-26'],
  ['the day after', xmas, at('sun', '00:00', '2026-12-27'), undefined],
  ['within moments', launch, at('fri', '09:30', '2026-05-01'), '2026-05-01 11:00'],
  ['at the end of moments', launch, at('fri', '11:00', '2026-05-01'), undefined],
])('%s', (_name, window, now, until) => {
  expect(frozenUntil(window, now)).toBe(until);
});
