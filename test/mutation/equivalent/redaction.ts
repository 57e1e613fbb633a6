import { alike, type Equivalent } from './equivalent.ts';

const addresses = 'src/domain/text/secrets/addresses.ts';

/** Of secrets in text. */
export const ofRedaction: readonly Equivalent[] = [
  ...alike(addresses, 'The colon of the next scheme, or the end of the text, belongs to no password.', [
    'at < latest',
    'at <= latest',
  ]),
  ...alike(addresses, 'Where there is an @ it matches from the first character: only the time is saved.', [
    '/^([^:]*)(?::(.*))?@/s',
    '/([^:]*)(?::(.*))?@/s',
  ]),
  ...alike(addresses, 'Who is named may be nobody, but is there: only the compiler is told.', [
    "''",
    '"Stryker was here!"',
    "const { 0: whole, 1: user = '', 2: password = '' } = found;",
  ]),
];
