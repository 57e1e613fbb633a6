import { behind, type Finder, type Span } from './span.ts';

/** Programs that take a secret behind a flag, and the flags. A value follows at once or as the next word. */
const programs: readonly { readonly program: RegExp; readonly flag: RegExp }[] = [
  // dev.mysql.com, "End-User Guidelines for Password Security": -pSECRET, without a blank.
  { program: /\b(?:mysql|mariadb)[\w-]*(?=[\s"',])/, flag: /([\s"']-p["']?)([^\s"'=-][^\s"']*)/g },
  // curl.se/docs/manpage.html: -u user:password. Two numbers are an owner of files.
  {
    program: /\b(?:curl|wget|http|https|httpie|xh)(?=\s)/,
    flag: /(\s(?:-[A-Za-z]{0,8}[uU]|--user|--proxy-user|-a|--auth)[ =]?["']?(?![0-9]{1,9}:[0-9]{1,9}\b)[^\s:"'@/]{1,100}:)([^\s"']+)/g,
  },
  {
    program: /\b(?:curl|wget)(?=\s)/,
    flag: /(\s(?:-b|--cookie)[ =]["']?)([^\s"'@=]{1,100}=[^\n"']+)/g,
  },
  {
    program:
      /\b(?:sshpass|mongo\w*|mongosh|docker login|podman login|helm registry login|crane auth login|az login|az acr login|htpasswd|clickhouse-client|oc login|influx|skopeo login|buildah login|nerdctl login|twine|rabbitmqadmin|cqlsh|impala-shell)(?=\s)/,
    flag: /(\s(?:-p[ =]?|--pass(?:word)?[ =])["']?)([^\s"'-][^\s"']{2,})/g,
  },
  { program: /\bredis-cli(?=\s)/, flag: /(\s(?:-a[ =]?|--pass[ =])["']?)([^\s"'-][^\s"']*)/g },
  { program: /\bldap\w+(?=\s)/, flag: /(\s-w[ ]?["']?)([^\s"'-][^\s"']*)/g },
  { program: /\b(?:sqlcmd|bcp|isql|osql)(?=\s)/, flag: /(\s-P[ ]?["']?)([^\s"'-][^\s"']*)/g },
  {
    program: /\b(?:smbclient|rpcclient|net rpc|mount\.cifs)(?=\s)/,
    flag: /(\s-U[ ]?["']?[^\s%"']{1,60}%)([^\s"']+)/g,
  },
  {
    program: /\bopenssl(?=\s)/,
    flag: /(\s-(?:passin|passout|pass|k) ["']?(?:pass:)?)((?!env:|file:|stdin|fd:)[^\s"'-][^\s"']*)/g,
  },
  { program: /\bkubectl create secret(?=\s)/, flag: /(--from-literal[ =]["']?[\w.-]{1,200}=)([^\s"']+)/g },
  { program: /\bkubeadm join(?=\s)|\bk3s agent(?=\s)/, flag: /(--token[ =])(\S+)/g },
  {
    program: /\bvault (?:login|unseal|operator unseal|kv put)(?=\s)/,
    flag: /((?:login|unseal) (?:-\S{1,100} ){0,5})([\w.+/=-]{16,})/g,
  },
  {
    program: /\bconsul|\bnomad|\betcdctl(?=\s)/,
    flag: /(\s--?(?:user|token)[ =](?:\w{1,60}:)?)([^\s"']+)/g,
  },
];

/** Where one of them may be; most lines have none. */
const any = new RegExp(programs.map(({ program }) => program.source).join('|'), 'g');

/** Secrets on the command lines of well-known programs. From a program's first name to the end of its line. */
export const commandSecrets: Finder = (text) => {
  const spans: Span[] = [];
  const named = rememberedPrograms();
  let end = -1;
  let seen = new Set<RegExp>();
  any.lastIndex = 0;
  for (let match = any.exec(text); match !== null; match = any.exec(text)) {
    const { 0: name, index } = match;
    if (index > end) {
      seen = new Set();
      end = endOfLine(text, index);
    }
    for (const flag of named(name)) {
      if (seen.has(flag)) continue;
      seen.add(flag);
      spans.push(...flagged(text.slice(index, end), flag, index));
    }
  }
  return spans;
};

function endOfLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline === -1 ? text.length : newline;
}

/** The flags of programs with a name, for one text: the same come again and again. */
function rememberedPrograms(): (name: string) => readonly RegExp[] {
  const known = new Map<string, readonly RegExp[]>();
  return (name) => {
    const flags =
      known.get(name) ?? programs.filter(({ program }) => program.test(`${name} `)).map(({ flag }) => flag);
    known.set(name, flags);
    return flags;
  };
}

/** No command has so many secrets: from the first one on its line is hidden whole. */
const most = 1000;

function flagged(line: string, flag: RegExp, from: number): Span[] {
  const all = behind(line, flag);
  const first = all.length > most ? all[0] : undefined;
  if (first !== undefined) return [{ start: from + first.start, end: from + line.length }];
  return all
    .filter(({ start, end }) => !placeholder.test(line.slice(start, end)))
    .map(({ start, end }) => ({ start: from + start, end: from + end }));
}

const placeholder = /^(?:\$|<|\{\{|\*{3}|\[redacted)/;

/** Sentences of SQL and of files that hold accounts: netrc, pgpass. The secret is the second group. */
const sentences: readonly RegExp[] = [
  /(\bidentified (?:with ["']?\w{1,40}["']? )?by (?:password )?["'])([^"'\n]+)/gi,
  /(\b(?:password|passwd|pwd) (?:is |was |= )?["'])([^\s"'\n]+)(?=["'](?! (?:not|is|in|for|of|was|does|must|has|key)\b))/gi,
  /(\b(?:password|passphrase|passwd|token|secret|api key) (?:is|was|set to|changed to):? )((?=\S{0,60}[0-9])[^\s[]\S{5,})/gi,
  /(\blogin \S{1,200} password )(\S+)/g,
  /(\bpassword\(["'])([^"'\n]+)/gi,
  /(\bpass phrase[:=] ?["']?)([^\s"']{4,})/gi,
  // redis.io/docs/latest/operate/oss_and_stack/management/security
  /(\b(?:requirepass|masterauth|auth-pass \S{1,60})[ \t]{1,9}["']?)([^\s"']{3,})/g,
  // rabbitmq.com/docs/man/rabbitmqctl.8
  /(\brabbitmqctl (?:add_user|change_password|authenticate_user) \S{1,100} ["']?)([^\s"']+)/g,
  /(\bhtpasswd -\w{0,6}b\w{0,6} \S{1,200} \S{1,100} ["']?)([^\s"']+)/g,
  /(\becho (?:-n )?["']?)([^\s"'$][^\s"']{3,200})(?=["']? \| [^\n|]{1,200}--password-stdin)/g,
  // ldap.conf(5), nslcd.conf(5), slapd.conf(5).
  /(\b(?:bind|rootpwmod|rootbind|root|olcRoot)pw[ \t]{1,20}["']?)((?![=:{[$<])[^\s"']+)/gi,
  // docs.npmjs.com, "npmrc": what belongs to a registry.
  /(\/:_(?:authToken|auth|password)[ \t]{1,3}["']?)((?![$<[])[^\s"'=:]+)/g,
  /^([\w.*-]{1,200}:(?:[0-9]{2,5}|\*):[^\s:]{1,63}:[^\s:]{1,63}:)(\S+)$/gm,
  /(:)(\{(?:SSHA|SHA|SMD5)[0-9]{0,3}\}[\w+/=]{16,})/g,
  // crypt(5): shadow and htpasswd.
  /()(\$(?:2[abxy]|apr1|[1567y]|argon2(?:id?|d)|scrypt|pbkdf2-sha[0-9]{3})\$[\w./$+=,-]{20,})/g,
];

export const sentenceSecrets: Finder = (text) => sentences.flatMap((pattern) => behind(text, pattern));

/** `Bearer x` outside of a header. A digit within reach tells a token from "bearer authentication-required". */
export const bearers: Finder = (text) =>
  behind(text, /(\bbearer\s{1,3})((?=[A-Za-z._~+/-]{0,200}[0-9])[\w.~+/-]{12,}={0,2})/gi, 'bearer token');
