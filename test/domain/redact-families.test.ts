import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { redact } from '../../src/domain/text/redact.ts';

/** Characters of a secret, put together at run time so that no scanner finds one in the repository. */
const letters = 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8';
const fill = (length: number, seed = 0, alphabet = letters) =>
  Array.from({ length }, (_, at) => alphabet[(at * 7 + seed * 5 + 3) % alphabet.length]).join('');
const hex = (length: number) => fill(length, 1, '0123456789abcdef');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');
const dashes = '-'.repeat(5);
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);

const secret = fill(20);
const word = 'hunter2pass!';
const body = [64, 64, 64, 40].map((length, at) => fill(length, at * 3)).join('\n');
const pem = (kind: string) => `${dashes}BEGIN ${kind}${dashes}\n${body}\n${dashes}END ${kind}${dashes}\n`;
const github = ['gh', 'p_', fill(36)].join('');
const slack = ['xo', 'xb-', '123456789012-', fill(24)].join('');
const jwt = [base64url('{"alg":"RS256","kid":"x"}'), base64url('{"sub":"u","iat":1}'), fill(86)].join('.');

/** `$` is the secret, `!` a password with a digit and a sign. */
const lines = [
  ...['DB_PASS="$"', 'export PW=$', 'PWD=$', "DBPWD='$'", 'db.pwd = $', 'spring.redis.password: $'],
  ...['STRIPE_KEY=$', 'APP_KEY: "$"', 'COOKIE_KEY=$', 'JWT_SIGNING_KEY=$', 'license_key: $', 'FERNET_KEY=$'],
  ...['RAILS_MASTER_KEY=$', 'NEXTAUTH_SECRET=$', 'WEBHOOK_SECRET: $', 'SLACK_SIGNING_SECRET=$'],
  ...['--set auth.password=$', '--set-string global.postgresql.auth.postgresPassword=$', '-Ddb.password=$'],
  ...['-Djavax.net.ssl.trustStorePassword=$ -jar app.jar', 'ENV DB_PASSWORD $', 'ARG NPM_TOKEN=$'],
  ...['export DB_PASSWORD="$"; ./run', 'env DB_PASSWORD=$ ./run'],
  ...['password = $ # of the database', 'password:$', 'Password:   $', 'pass phrase: $', 'passphrase=$'],
  ...[
    '{"password": "$"}',
    "{'password': '$'}",
    '{password:$}',
    'map[password:$ user:app]',
    '&{Password:$ User:x}',
  ],
  ...['Config{User:"app", Password:"$"}', 'Config(user=app, password=$)', 'User[name=a, password=$]'],
  ...['password => "$"', ':password => "$"', 'password -> $', 'PASSWORD\t$'],
  ...['"db_password"="$"', 'db-password: >-\n  $\n', 'password: |\n  $\nuser: x', 'password: |-\n    $\n'],
  ...['password: !!str $', 'password: &pw $', 'password: "$" # comment', "password: '$'"],
  ...['password:\n  $\n', 'password=\\\n$', '--password \\\n  $', 'password: "abc\\"$"'],
  ...['<add key="DbPassword" value="$"/>', '<property name="password" value="$"/>', '<apiKey>$</apiKey>'],
  ...['[default]\naws_access_key_id = x\naws_secret_access_key = $', 'AWS_SECRET_KEY=$', 'awsSecretKey: $'],
  ...['"SecretAccessKey": "$"', '"SessionToken": "$"', 'x-amz-security-token: $', 'AWSSecretAccessKey=$'],
  ...['X-Amz-Security-Token=$&a=b', 'https://b.s3.amazonaws.com/k?X-Amz-Credential=a&X-Amz-Signature=$'],
  ...[
    'AccountKey=$;',
    'SharedAccessSignature=$',
    'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=$==',
  ],
  ...['Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=$'],
  ...['Server=tcp:a.database.windows.net;Uid=a;Pwd=$;', 'AZURE_CLIENT_SECRET=$', 'InstrumentationKey=$'],
  ...[
    'Host=db;Username=a;Password=$;Database=x',
    'host=db user=app password=$ dbname=x',
    "password='$' host=db",
  ],
  ...[
    'TWILIO_AUTH_TOKEN=$',
    'SENDGRID_API_KEY=$',
    'HF_TOKEN=$',
    'DATABRICKS_TOKEN=$',
    'SHOPIFY_API_SECRET=$',
  ],
  ...[
    'TELEGRAM_BOT_TOKEN=$',
    'CI_JOB_TOKEN=$',
    'TWINE_PASSWORD=$',
    'NODE_AUTH_TOKEN=$',
    'GITLAB_PRIVATE_TOKEN=$',
  ],
  ...['PRIVATE-TOKEN: $', 'curl --header "PRIVATE-TOKEN: $" https://g', 'JOB-TOKEN: $', 'X-Vault-Token: $'],
  ...[
    'Authorization: Bearer $',
    'Authorization: Basic $',
    'Authorization: token $',
    'Authorization: ApiKey $',
  ],
  ...[
    'Authorization: Digest username="a", response="$"',
    'Authorization: SSWS $',
    'Authorization: GenieKey $',
  ],
  ...[
    'Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=$',
    'Authorization=Bearer $',
    'Authorization: Negotiate $',
  ],
  ...[
    '"authorization":["Bearer $"]',
    'Authorization:[Bearer $]',
    'map[Authorization:[Bearer $]]',
    "'Authorization': 'Bearer $'",
  ],
  ...['req.headers.authorization = "Bearer $"', 'Proxy-Authorization: Basic $', 'WWW-Authenticate-Token: $'],
  ...[
    'Cookie: a=b; session=$',
    'cookie: connect.sid=$',
    'Set-Cookie: JSESSIONID=$; Path=/; HttpOnly',
    'set-cookie: [sid=$]',
  ],
  ...['"cookie":"session=$; theme=dark"', 'csrftoken=$', 'XSRF-TOKEN=$', 'Cookie=session=$'],
  ...[
    'curl -u app:$ https://h',
    'curl -uapp:$ https://h',
    "curl -su 'app:$' https://h",
    'curl -H "X-Auth-Token: $" h',
  ],
  ...[
    'curl --user=app:$ h',
    'curl -XPOST -u "app:$" h',
    'wget --password=$ h',
    'wget --http-password $ h',
    'http -a app:$ h',
  ],
  ...[
    'curl --oauth2-bearer $ h',
    'curl -b "sid=$" h',
    'curl --proxy-user a:$ h',
    'curl -d "password=$&user=a" h',
  ],
  ...[
    'mysql -uroot -p$ shop',
    'mysql -u root -p"$" shop',
    'mysqladmin -p$ ping',
    'sh -c "mysql -uroot -p$"',
    'mysql --password=$',
  ],
  ...[
    '["mysql","-uroot","-p$"]',
    'command: [mysqladmin, ping, -p$]',
    'psql "host=db password=$"',
    'psql postgres://a:$@h/d',
  ],
  ...[
    'redis-cli -a $ ping',
    'redis-cli --pass $ ping',
    'mongosh -u a -p $',
    'mongodump --password=$',
    'AUTH $x1',
  ],
  ...[
    'docker login -u a -p $ r',
    'docker login --password $ r',
    'helm registry login -u a -p $ r',
    'az login -u a -p $',
  ],
  ...[
    'sshpass -p$ ssh h',
    'ldapsearch -D cn=a -w $',
    'kubectl config set-credentials a --token=$',
    'oc login --token=$',
  ],
  ...[
    'kubectl create secret docker-registry r --docker-password=$',
    'kubectl create secret generic a --from-literal=k=$',
  ],
  ...[
    'vault login $',
    'vault kv put secret/a password=$',
    'vault write auth/approle/login secret_id=$',
    'echo $ | docker login --password-stdin',
  ],
  ...[
    'requirepass $',
    'masterauth $',
    'rabbitmqctl add_user app $',
    'htpasswd -b f a $',
    'openssl enc -k $',
    'gpg --passphrase $',
  ],
  ...[
    "ALTER ROLE app PASSWORD '$'",
    "CREATE USER a IDENTIFIED WITH x BY '$'",
    "SET PASSWORD = '$'",
    "PASSWORD('$')",
  ],
  ...[
    'client-key-data: $',
    'client_key_data: "$"',
    '    token: $',
    'id-token: $',
    'refresh-token: $',
    'access-token: $',
  ],
  ...[
    '.dockerconfigjson: $',
    '{"auths":{"r":{"username":"a","password":"$","auth":"x"}}}',
    '"identitytoken":"$"',
    '"registrytoken": "$"',
  ],
  ...[
    'kind: Secret\ndata:\n  a: $\n  b: x',
    'kind: Secret\nstringData:\n  conf: |\n    a=$\n',
    '{"kind":"Secret","stringData":{"a":"$"}}',
  ],
  ...[
    '{"apiVersion":"v1","data":{"a":"$"},"kind":"Secret"}',
    '{\\"kind\\":\\"Secret\\",\\"data\\":{\\"a\\":\\"$\\"}}',
  ],
  ...[
    '- name: DB_PASSWORD\n  value: "$"',
    '{"name":"TOKEN","value":"$"}',
    'name: TOKEN\nvalue: $',
    '{name: DB_PASSWORD, value: $}',
  ],
  ...[
    'DB_PASSWORD:  $',
    '      DB_PASSWORD:   $',
    'Environment:\n  API_TOKEN: $\n',
    'the password is $',
    'token was $',
    'new password: $',
  ],
  ...['"private_key": "$"', '"client_secret": "$"', 'client_secret=$&grant_type=x', 'refresh_token=$'],
  ...[
    'https://h/?api_key=$',
    'https://h/?apikey=$',
    'https://h/?token=$',
    'https://h/?access_token=$',
    'https://h/?sig=$',
    'https://h/?key=$',
  ],
  ...[
    'https://u:$@h/',
    'https://u:a#$@h/',
    'https://u:a/$@h/',
    'https://u:a?$@h/',
    'https://u:a@$@h/',
    'https://u:a#b@$#c@h/',
    'https://u:12#$@h',
  ],
  ...[
    'https://$@github.com/a',
    'https://$:x-oauth-basic@github.com/a',
    'https://oauth2:$@gitlab.com/a',
    'git+ssh://a:$@h/r',
  ],
  ...[
    'redis://:$@h:6379/0',
    'redis://default:$@h',
    'mongodb://a:$@h1,h2/d',
    'amqp://a:$@h//',
    'mysql://a:$@tcp(h)/d',
    'a:$@tcp(db:3306)/shop',
  ],
  ...[
    'jdbc:mysql://h/d?user=a&password=$',
    'jdbc:postgresql://h/d?password=$&ssl=true',
    'jdbc:oracle:thin:a/$@//h:1521/x',
    'jdbc:sqlserver://h;user=a;password=$;',
  ],
  ...[
    'smtp://a:$@h:587',
    'ldap://cn=a:$@h',
    'sftp://a:$@h/',
    's3://a:$@b',
    'nats://a:$@h',
    'http://a:$@proxy:3128',
    'socks5://a:$@h:1080',
  ],
  ...[
    'machine h login a password $',
    'db:5432:shop:app:$',
    '//registry.npmjs.org/:_authToken=$',
    '_auth=$',
    'always-auth=true\n_password=$',
  ],
  ...[
    '\\npassword=$\\n',
    '{"log":"a\\nAuthorization: Basic $\\n"}',
    '{"log":"Cookie: sid=$\\r\\n"}',
    '\\u0026token=$',
    '%26password%3D$%26',
  ],
  ...['"{\\"token\\":\\"$\\"}"', '"{\\\\\\"token\\\\\\":\\\\\\"$\\\\\\"}"', 'password%3D$', 'password%253D$'],
  ...[
    '--password=$',
    '--password $',
    '-password=$',
    '-password $',
    '--db-pass=$',
    '--api-key=$',
    '--api-key "$"',
    "--token='$'",
  ],
  ...['/password:$', '-P password=$', 'PASSWORD=$,USER=a', 'pwd=$;', 'setx TOKEN $', 'set DB_PASSWORD=$'],
];

test.each(lines)('%s', (line) => {
  expect(redact(line.replaceAll('$', () => secret))).not.toContain(secret.slice(4, 16));
});

/** Passwords as people choose them, too. */
const chosen = [
  'password: !',
  'DB_PASS=!',
  'pwd=!',
  '"password":"!"',
  '--password !',
  'mysql -p! shop',
  'curl -u a:! h',
  'https://u:!@h',
  'postgres://u:!@h/d',
];

test.each(chosen)('a word for a password: %s', (line) => {
  expect(redact(line.replace('!', word))).not.toContain(word.slice(0, 8));
});

/** Known by their shape, and how they are written. */
const shaped: readonly (readonly [string, string, string])[] = [
  ['a PEM key, cut in half', pem('RSA PRIVATE KEY').slice(0, 150), body.slice(20, 60)],
  ['a tail of a PEM key', pem('EC PRIVATE KEY').slice(150), body.slice(140, 170)],
  ['a PEM key in JSON', inJson(pem('PRIVATE KEY')), body.slice(70, 100)],
  ['a PEM key in JSON in JSON', inJson(inJson(pem('PRIVATE KEY'))), body.slice(70, 100)],
  ['a PEM key in quoted lines', pem('PRIVATE KEY').replaceAll(/^/gm, '> '), body.slice(70, 100)],
  [
    'a PEM key behind times',
    pem('PRIVATE KEY').replaceAll(/^/gm, '2026-01-01T00:00:00Z '),
    body.slice(70, 100),
  ],
  ['a PEM key with blanks for lines', pem('PRIVATE KEY').replaceAll('\n', ' '), body.slice(70, 100)],
  ['a PEM key in base64', base64(pem('PRIVATE KEY')), base64(pem('PRIVATE KEY')).slice(80, 120)],
  [
    'a PEM key in base64, cut',
    base64(pem('PRIVATE KEY')).slice(0, 120),
    base64(pem('PRIVATE KEY')).slice(80, 110),
  ],
  ['a JWT cut at the end', `x ${jwt.slice(0, 70)}`, jwt.slice(40, 66)],
  ['a JWT cut in its header', `x ${jwt.slice(0, 26)}`, jwt.slice(8, 24)],
  ['a token behind an escaped line end', `{"log":"a\\n${github}\\n"}`, github.slice(8, 30)],
  ['a token behind an escaped sign', `{"u":"?t=1\\u0026x\\u003d${github}"}`, github.slice(8, 30)],
  ['a token in colour', `\u001b[31m${github}\u001b[0m`, github.slice(8, 30)],
  ['a Slack token behind an escaped line end', `a\\n${slack}`, slice(slack)],
  [
    'a token encoded twice',
    `x=${encodeURIComponent(encodeURIComponent(`a=${github}&`))}`,
    github.slice(8, 30),
  ],
  ['a token behind a colon', `x:${github}`, github.slice(8, 30)],
  ['a token in a path', `/v1/${github}/x`, github.slice(8, 30)],
  ['a token in brackets', `[${github}]`, github.slice(8, 30)],
  ['a bootstrap token behind an escaped line end', `a\\nabc123.0123456789abcdef`, '0123456789abcdef'],
  ['an app installation token', ['gh', 's_123456_', jwt].join(''), jwt.slice(40, 80)],
  ['Hugging Face', `login ${['h', 'f_', fill(34)].join('')}`, fill(34).slice(4, 20)],
  ['Databricks', `x ${['da', 'pi', hex(32)].join('')}-2`, hex(32).slice(4, 20)],
  ['Shopify', ['shp', 'at_', hex(32)].join(''), hex(32).slice(4, 20)],
  ['Telegram', `url https://api.telegram.org/bot123456789:${fill(35)}/x`, fill(35).slice(4, 20)],
  ['Twilio', ['S', 'K', hex(32)].join(''), hex(32).slice(4, 20)],
  ['SendGrid', ['S', 'G.', fill(22), '.', fill(43)].join(''), fill(43).slice(4, 20)],
  ['Mailchimp', [hex(32), '-us', '12'].join(''), hex(32).slice(4, 20)],
  ['Discord', ['M', fill(25), '.', fill(6), '.', fill(38)].join(''), fill(38).slice(4, 20)],
  [
    'a service account of Google',
    inJson(JSON.stringify({ type: 'service_account', private_key: pem('PRIVATE KEY') })),
    body.slice(70, 100),
  ],
  [
    'a password in base64',
    `data: ${base64(`password=${secret}`)}`,
    base64(`password=${secret}`).slice(4, 24),
  ],
  [
    'a database URL in base64',
    `x ${base64(`postgres://app:${secret}@db/shop`)}`,
    base64(`postgres://app:${secret}@db/shop`).slice(8, 30),
  ],
  ['a database URL, encoded', `x=${encodeURIComponent(`postgres://app:${secret}@db/shop`)}`, secret],
  ['beginnings in a crowd', ['np', 'm_'].join('').repeat(9) + fill(36), fill(36).slice(4, 20)],
];

function slice(token: string): string {
  return token.slice(-16);
}

test.each(shaped)('%s', (_name, text, piece) => {
  expect(redact(text)).not.toContain(piece);
});

/** Lines of kubectl, Kubernetes, Go, Java, Python, PostgreSQL, nginx and others that have no secret. */
const readable = readFileSync(new URL('../fixtures/readable-lines.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.replaceAll('\\n', '\n').replaceAll('\\t', '\t'));

test.each(readable)('stays as it is: %s', (line) => {
  expect(redact(line)).toBe(line);
});
