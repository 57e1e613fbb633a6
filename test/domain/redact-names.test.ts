import { describe, expect, test } from 'vitest';
import { redact } from '../../src/domain/text/redact.ts';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** No word, number, place, or anything else that a text may say of a secret. */
const value = 'hunter2Blue9';

describe('in NAME=value', () => {
  test.each(
    words(`
      password passwords passwd passwds passwrd passphrase passphrases passcode pass pw pws pwd pwds psw pswd
      passwort kennwort pgpassword storepass keypass htpasswd dbpassword
    `),
  )('digits behind db_%s are a password', (word) => {
    expect(redact(`db_${word}=48213`)).toBe(`db_${word}=[redacted]`);
  });

  test.each(
    words(`
      secret secrets token tokens apikey apikeys accesskey secretkey privatekey accountkey signingkey
      encryptionkey masterkey authkey credential credentials creds cred bearer jwt dockerconfigjson dockercfg
      otp totp psk kubeconfig keytab authtoken secretid pat sas salt pepper key keys
    `),
  )('digits behind db_%s are a number, and what is none is a secret', (word) => {
    const text = `db_${word}=48213`;
    expect(redact(text)).toBe(text);
    expect(redact(`db_${word}=${value}`)).toBe(`db_${word}=[redacted]`);
  });

  test.each(
    words(`
      password passwd passwrd passphrase passcode PASS pw pwd psw pswd passwort kennwort storepass keypass
      secret token apikey credential creds cred bearer jwt dockerconfigjson dockercfg otp totp psk kubeconfig
      keytab secretid auth _auth HTTP_AUTH secret_id AccessSignature authorization proxy-authorization cookie
      set-cookie x-amz-security-token api_keys DBPass DBToken dbPass db2Pass db__pass db.pass
    `),
  )('what follows %s alone is a secret', (name) => {
    expect(redact(`${name}=${value}`)).toBe(`${name}=[redacted]`);
  });

  test.each(
    words(`
      pass _pass pat sas salt pepper key _key keys signature auth_signature auth_id id basic-auth auth.basic dsn nonce
      db_dsn db_nonce token_id token_id_key_id secret_id_name secret_id_total dbPASSword2x COMPASS passing
      passwordless tokenizer
    `),
  )('what follows %s is none', (name) => {
    const text = `${name}=${value}`;
    expect(redact(text)).toBe(text);
  });

  test.each(
    words('sid sessid sessionid JSESSIONID PHPSESSID session_id sess_id sess-id session.id connect.sid'),
  )('what follows %s is the number of a session, if it is long and has digits', (name) => {
    expect(redact(`${name}=${'k4q9'.repeat(4)}`)).toBe(`${name}=[redacted]`);
    expect(redact(`${name}=${value}`)).toBe(`${name}=${value}`);
  });
});

describe('a name that is of something else', () => {
  test.each(
    words(`
      public pub primary foreign partition sort cache routing topology label annotation row object index
      group sharding shard hash range idempotency dedup deduplication message event map json context
      bucket known any field hot registry config dict lookup unique composite natural surrogate document
      record metric trace log tag taint toleration matching node pod env envvar property setting feature
      translation i18n menu arrow enter escape tab shift ctrl alt meta function press last first next
      prev start end min max missing invalid unknown duplicate required queue topic binding job task
      workflow search filter lock redis item entry path url header query param resource request rate
      limit user host ip ref kms cmk
    `),
  )('the key of a %s is no secret', (word) => {
    const text = `shop_${word}_key=${value} ${word}-keys: ${value}`;
    expect(redact(text)).toBe(text);
  });

  test.each(
    words(`
      file files filename path paths dir directory mount volume name names namespace ref reference
      selector type kind class url uri endpoint host port ttl version count counts length len size limit
      limits max min expiry expires expired expiration exp policy policies enabled disabled required
      timeout age rotation rotated lifetime duration seconds minutes days generation field header
      provider manager store format algorithm alg issuer audience audiences budget usage used rate per
      index source status state error errors reset review reviews request requests response controller
      operator valid invalid validation verified authentication auth method mode scope scopes prefix
      suffix pattern regex template changed updated created exists found missing list watcher cache
      bucket arn location env var hint prompt strength complexity in out total remaining annotation
      annotations label labels optional engine backend driver java go py js ts rb kt scala rs php cs cpp
      refresh interval sync config configuration id ids ring group role user username login
    `),
  )('the %s of a token is none', (word) => {
    const text = `shop_token_${word}=${value} password-${word}-x: ${value}`;
    expect(redact(text)).toBe(text);
  });
});

describe('what a name says of a value', () => {
  test.each([
    // What behind another word is the kind of a secret, a key of a map, or the name of an object.
    ...['password_oauth=swordfish', 'auth_password=swordfish', 'x_auth_password=swordfish'],
    ...['session_id_token=swordfish', 'key_token=swordfish', 'password_passkey=swordfish'],
    ...['TENANT_KEY=swordfish', 'api_key=swordfish', 'apiKeys=swordfish', 'private.key=swordfish'],
    ...['client_secret=web-tls', 'secret_token=web-tls'],
    // No password is a place.
    ...['DB_PASSWORD=/swordfish', 'pwd_password=/swordfish'],
    // A word that begins with the end of an escaped line.
    '\\token=swordfish7',
  ])('a secret: %s', (text) => {
    const name = text.slice(0, text.indexOf('='));
    expect(redact(text)).toBe(`${name}=[redacted]`);
  });

  test.each([
    ...['auth=swordfish', '_auth=swordfish', 'HTTP_AUTH=swordfish', 'tenant_key=swordfish'],
    ...['app_key_join_key=orders', 'keys_of_join_keys=orders'],
    ...['secret=web-tls', 'secrets=web-tls', 'imagePullSecrets=web-tls', 'image_pull_secret=web-tls'],
    ...['DB_TOKEN=/run/token', 'PWD=/srv/app', 'OLDPWD=/srv/app'],
    // The dash of a sentence is no part of a name.
    `shift–alt_key=${value}`,
  ])('no secret: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  test('the last 200 characters of a name say it', () => {
    const [long, longer] = ['x'.repeat(194), 'x'.repeat(195)];
    expect(redact(`token_${long}=${value}`)).toBe(`token_${long}=[redacted]`);
    expect(redact(`token_${longer}=${value}`)).toBe(`token_${longer}=${value}`);
    expect(redact(`${longer}_token=${value}`)).toBe(`${longer}_token=[redacted]`);
  });
});
