import { type Characters, charactersLike, endOfRun, isWithin, runsOf } from './runs.ts';
import { createShapeFinder, type Shapes } from './shape-finder.ts';
import { type Finder, found, type Span } from './span.ts';

/**
 * Shapes that issuers publish for their tokens. Each is a fixed beginning, a least length and an end that takes all that
 * follows, with nothing after it that could fail: what does not match costs at most the least length, what does is
 * passed over. None begins with a group: the first two characters say which ones are tried. Source of those without one: the issuer's page on its API keys.
 */
const shapes: Shapes = {
  'Slack token': ['xox[a-z]-[A-Za-z0-9-]{8,}', 'xapp-[A-Za-z0-9-]{8,}', 'xoxe\\.xox[bp]-[A-Za-z0-9-]{8,}'],
  // docs.github.com, "About authentication to GitHub": token formats.
  'GitHub token': ['gh[pousr]_[A-Za-z0-9]{20,}', 'github_pat_\\w{20,}'],
  // docs.gitlab.com, "Token overview": prefixes.
  'GitLab token': [
    'gl(?:pat|ptt|rt|dt|soat|cbt|agent|ft|imt|oas|ffct|wt)-[\\w.-]{20,}',
    'GR1348941[\\w-]{20,}',
  ],
  // docs.aws.amazon.com, "IAM identifiers": unique ID prefixes.
  'AWS access key': ['A[KSB]IA[A-Z0-9]{16}(?![A-Za-z0-9])', 'ACCA[A-Z0-9]{16}(?![A-Za-z0-9])'],
  // docs.aws.amazon.com, "Amazon Bedrock API keys"; github.com/kubernetes-sigs/aws-iam-authenticator: the token of EKS.
  'AWS token': [
    'ABSK[A-Za-z0-9+/]{100,}={0,2}',
    'k8s-aws-v1\\.[\\w-]{20,}={0,2}',
    'bedrock-api-key-[\\w+/=-]{20,}',
  ],
  // cloud.google.com, "API keys" and "Token types".
  'Google API key': ['AIza[\\w-]{35,}'],
  'Google token': [
    'ya29\\.[\\w.-]{20,}',
    'GOCSPX-[\\w-]{20,}',
    '1//0[\\w-]{30,}',
    'GOOG[A-Z0-9]{16,}(?![a-z])',
  ],
  'DigitalOcean token': ['do[opr]_v1_[a-f0-9]{40,}'],
  'Alibaba access key': ['LTAI[A-Za-z0-9]{12,}'],
  'Tencent access key': ['AKID[A-Za-z0-9]{28,}'],
  'Yandex token': [
    'AQVN[\\w-]{30,}',
    't1\\.[A-Z0-9a-z_-]{20,}[=]{0,2}\\.[A-Z0-9a-z_-]{20,}={0,2}',
    'y0_[\\w-]{30,}',
  ],
  'Stripe key': ['[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,}', 'whsec_[A-Za-z0-9]{16,}'],
  'SendGrid key': ['SG\\.[\\w-]{16,64}\\.[\\w-]{16,}'],
  'npm token': ['npm_[A-Za-z0-9]{30,}'],
  'PyPI token': ['pypi-[\\w-]{50,}'],
  'Docker token': ['dckr_(?:pat|oat)_[\\w-]{20,}'],
  'Vault token': ['hv[sbr]\\.[\\w-]{20,}', '[sbr]\\.[A-Za-z0-9]{24}(?![\\w.-])'],
  'Grafana token': ['gl(?:sa|c)_[\\w+/=-]{20,}', 'eyJrIjoi[\\w+/=-]{40,}'],
  'age key': ['AGE-SECRET-KEY-1[A-Z0-9]{50,}'],
  'API key': ['sk-(?:proj-|svcacct-|admin-|or-v1-|lf-|ant-|[a-z]{3}-[a-z]{3}[0-9]{2}-)?\\w{20}[\\w-]*'],
  // huggingface.co/docs/hub/security-tokens
  'Hugging Face token': ['hf_[A-Za-z0-9]{30,}', 'api_org_[A-Za-z0-9]{30,}'],
  // docs.databricks.com, "Databricks personal access token authentication".
  'Databricks token': [
    'dapi[a-f0-9]{32}(?:-[0-9]{1,2})?(?![A-Za-z0-9])',
    'dkea[a-f0-9]{32}',
    'dose[a-f0-9]{32}',
  ],
  // shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing
  'Shopify token': ['shp(?:at|ca|pa|ss|ua|tka)_[A-Za-z0-9]{30,}'],
  // core.telegram.org/bots/features: botfather.
  'Telegram token': ['bot[0-9]{8,10}:[A-Za-z][\\w-]{33,}'],
  // www.twilio.com/docs/iam/api-keys
  'Twilio key': ['SK[a-f0-9]{32}(?![A-Za-z0-9])'],
  'Mailgun key': ['key-[a-f0-9]{32}(?![A-Za-z0-9])'],
  'Brevo key': ['xkeysib-[a-f0-9]{40,}'],
  'Mandrill key': ['md-[\\w-]{22}(?![\\w-])'],
  'Square token': ['sq0(?:atp|csp|idp)-[\\w-]{22,}', 'EAAA[\\w-]{56,}'],
  'Facebook token': ['EAA[A-Z][A-Za-z0-9]{50,}'],
  // docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys
  'New Relic key': ['NR(?:AK|II|IQ|JS|AA|RA)-[A-Za-z0-9-]{18,}'],
  'Sentry token': ['sntry[su]_[\\w+/=-]{30,}'],
  'Dynatrace token': ['dt0[a-z][0-9]{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{40,}'],
  'PagerDuty key': ['pdus\\+_[\\w-]{20,}'],
  // support.atlassian.com, "Manage API tokens for your Atlassian account".
  'Atlassian token': ['AT(?:ATT3|CTT3|STT3|BB|OA3)[\\w=-]{20,}', 'BBDC-[\\w+/-]{40,}'],
  'Airtable token': ['pat[A-Za-z0-9]{14}\\.[a-f0-9]{60,}'],
  'Asana token': ['[0-9]/[0-9]{10,}(?:/[0-9]{10,})?:[a-f0-9]{32}'],
  'Linear token': ['lin_(?:api|oauth)_[A-Za-z0-9]{30,}'],
  'Notion token': ['ntn_[A-Za-z0-9]{40,}', 'secret_[A-Za-z0-9]{40,}'],
  // devcenter.heroku.com/articles/authentication
  'Heroku key': ['HRKU-[\\w-]{36,}'],
  'Doppler token': ['dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{30,}'],
  'PlanetScale secret': ['pscale_(?:tkn|pw|oauth|app)_[\\w.=-]{30,}'],
  'Supabase key': ['sb[pv]?_[a-f0-9]{40}', 'sb_secret_[\\w-]{20,}'],
  'Postman key': ['PMAK-[a-f0-9]{24}-[a-f0-9]{34}'],
  'Pulumi token': ['pul-[a-f0-9]{40}'],
  'RubyGems key': ['rubygems_[a-f0-9]{48}'],
  'NuGet key': ['oy2[a-z0-9]{43}(?![A-Za-z0-9])'],
  'Crates token': ['cio[A-Za-z0-9]{32}(?![A-Za-z0-9])'],
  'Artifactory key': ['AKC[a-zA-Z0-9]{60,}', 'cmVmd[A-Za-z0-9]{50,}={0,2}'],
  'Sonar token': ['sq[pau]_[a-f0-9]{40}'],
  'Snyk token': ['snyk_(?:uat|sat)\\.[\\w.-]{30,}'],
  'Buildkite token': ['bk[a-z]{2,3}_[a-f0-9]{40,}'],
  'CircleCI token': ['CCI(?:PAT|PRJ)_[A-Za-z0-9]{20,}_[a-f0-9]{40}'],
  'Fly token': ['fo1_[\\w-]{40,}', 'fm[12][ar]?_[A-Za-z0-9+/=,_-]{60,}'],
  'Render key': ['rnd_[A-Za-z0-9]{28,}'],
  'Vercel token': ['vc[ipark]k?_[A-Za-z0-9]{24,}'],
  'Netlify token': ['nfp_[A-Za-z0-9]{36,}'],
  'Cloudflare token': ['v1\\.0-[a-f0-9]{24}-[a-f0-9]{100,}', 'cf(?:k|ut|at)_[A-Za-z0-9]{40,}'],
  'Fastly token': ['fastly_[\\w-]{32,}'],
  'Tailscale key': ['tskey-[a-z]+-[A-Za-z0-9]{8,}-?[A-Za-z0-9]*'],
  'Figma token': ['fig[dour]_?[\\w-]{40,}'],
  'Contentful token': ['CFPAT-[\\w-]{43}'],
  'Dropbox token': ['sl\\.(?:u\\.)?[\\w-]{100,}'],
  'Typeform token': ['tfp_[\\w.-]{44,}'],
  'Replicate token': ['r8_[A-Za-z0-9]{37}'],
  'Groq key': ['gsk_[A-Za-z0-9]{40,}'],
  'xAI key': ['xai-[A-Za-z0-9]{60,}'],
  'Perplexity key': ['pplx-[A-Za-z0-9]{40,}'],
  'LangSmith key': ['ls(?:v2_(?:pt|sk)|__)_?[a-f0-9]{32}_?[a-f0-9]*'],
  'LaunchDarkly key': [
    'sdk-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}',
    'mob-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}',
    'api-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}',
  ],
  'Okta token': ['00[\\w-]{40}(?![\\w-])'],
  '1Password token': [
    'ops_eyJ[A-Za-z0-9+/=_-]{50,}',
    'A3-[A-Z0-9]{6}-[A-Z0-9]{6,11}-[A-Z0-9]{5}(?:-[A-Z0-9]{5}){2,3}',
  ],
  'Prefect token': ['pn[ub]_[A-Za-z0-9]{36}'],
  'Elastic key': ['essu_[\\w+/=-]{30,}'],
  'Plaid token': ['access-(?:sandbox|development|production)-[a-f0-9-]{36}'],
  'Payment key': [
    'FLWSEC(?:K|K_TEST)-[a-z0-9]{12,}',
    'EZ[AT]K[A-Za-z0-9]{54}',
    'shippo_(?:live|test)_[a-f0-9]{40}',
    'rzp_(?:live|test)_[A-Za-z0-9]{14,}',
    'access_token\\$production\\$[a-z0-9]{16}\\$[a-f0-9]{32}',
  ],
  // docs.openshift.com: OAuth access tokens; kubernetes.io, "Authenticating with Bootstrap Tokens".
  'OpenShift token': ['sha256~[\\w-]{40,}'],
};

/** Shapes that are known by what stands in the midst of them, and how far from their beginning. */
const marked: readonly {
  readonly mark: string;
  readonly at: number;
  readonly name: string;
  readonly shape: RegExp;
}[] = [
  // learn.microsoft.com, Purview: "Microsoft Entra client secret", "Azure DevOps personal access token".
  { mark: 'Q~', at: 4, name: 'Azure secret', shape: /(?<![A-Za-z0-9])[\w~.]{3}[0-9]Q~[\w~.-]{31,}/y },
  {
    mark: 'AZDO',
    at: 76,
    name: 'Azure secret',
    shape: /(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4,}/y,
  },
  // developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens
  {
    mark: '.atlasv1.',
    at: 14,
    name: 'Terraform token',
    shape: /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}/y,
  },
];

export const markedTokens: Finder = (text) =>
  marked.flatMap(({ mark, at, name, shape }) => {
    const spans: Span[] = [];
    let place = text.indexOf(mark, at);
    while (place >= 0) {
      shape.lastIndex = place - at;
      const [token = ''] = shape.exec(text) ?? [];
      if (token !== '') spans.push({ start: place - at, end: place - at + token.length, name });
      place = text.indexOf(mark, place + Math.max(mark.length, token.length - at));
    }
    return spans;
  });

/** Shapes that begin with a run of common characters, which is looked for by its length. */
const long: readonly {
  readonly begin: Characters;
  readonly least: number;
  readonly shapes: Readonly<Record<string, RegExp>>;
}[] = [
  {
    begin: charactersLike(/[a-f0-9]/),
    least: 32,
    shapes: {
      'Mailchimp key': /[a-f0-9]{32}-us[0-9]{1,2}(?![A-Za-z0-9])/y,
      'Mailgun key': /[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}(?![A-Za-z0-9-])/y,
      'New Relic key': /[a-f0-9]{36}NRAL/y,
    },
  },
  {
    begin: charactersLike(/[A-Za-z0-9]/),
    least: 24,
    shapes: {
      'ngrok token': /2[A-Za-z0-9]{26}_[A-Za-z0-9]{20,}/y,
      // discord.com/developers/docs/reference: authentication.
      'Discord token': /[MNO][A-Za-z\d]{23,27}\.[\w-]{6}\.[\w-]{27,}/y,
    },
  },
  {
    begin: charactersLike(/[0-9]/),
    least: 8,
    shapes: {
      // core.telegram.org/bots/features: botfather.
      'Telegram token': /[0-9]{8,10}:(?:AA[\w-]{32,}|[A-Za-z][\w-]{34}(?![\w-]))/y,
    },
  },
];

export const longTokens: Finder = (text, codes) =>
  long.flatMap(({ begin, least, shapes }) =>
    runsOf(begin, codes, least).flatMap(({ start }) =>
      isWithin(codes, start) ? [] : longAt(text, start, shapes),
    ),
  );

function longAt(text: string, start: number, shapes: Readonly<Record<string, RegExp>>): Span[] {
  for (const name in shapes) {
    const shape = shapes[name];
    if (shape === undefined) continue;
    shape.lastIndex = start;
    if (shape.test(text)) return [{ start, end: shape.lastIndex, name }];
  }
  return [];
}

/** The finder of the shapes above, made when it is first asked. */
export const createTokenShapes = (): Finder => createShapeFinder(shapes);

const ofKeys = charactersLike(/[\w+/]/);

/** Keys of Azure's services carry a mark near their end (learn.microsoft.com, "Azure storage account key" of Purview). */
export const azureKeys: Finder = (text, codes) =>
  runsOf(ofKeys, codes, 44).flatMap(({ start, end: last }) => {
    const end = endOfRun(padding, codes, last);
    const mark = last - start > 100 ? null : azureMark.exec(text.slice(start, end));
    return mark === null ? [] : [{ start, end, name: 'Azure secret' }];
  });

const padding = charactersLike(/=/);
const azureMark = /(?:ACDb|\+ASt|AzCa|\+ABa|\+AMC|\+ARm|AzSe|AIoT|AEhG|APIM|AzFu)[\w+/]{5,10}={0,2}$/;

const ofDomains = charactersLike(/[\w.-]/);

/** `abcdef.0123456789abcdef` of kubeadm (kubernetes.io, "Authenticating with Bootstrap Tokens"). */
export const bootstrapTokens: Finder = (text, codes) =>
  runsOf(ofDomains, codes, bootstrapLength).flatMap(({ start: from, end }) => {
    const start = end - bootstrapLength;
    if (start > from + 1 || isWithin(codes, start) || codes[start + 6] !== dot) return [];
    return bootstrap.test(text.slice(start, end)) ? [{ start, end, name: 'Kubernetes token' }] : [];
  });

const bootstrap = /^[a-z0-9]{6}\.(?=[0-9]*[a-z])(?=[a-z]*[0-9][a-z]*[0-9])[a-z0-9]{16}$/;
const bootstrapLength = 23;
const dot = '.'.charCodeAt(0);

/** Addresses whose path is the secret: who has it may write. */
const webhook: Readonly<Record<string, RegExp>> = {
  'Slack webhook': /hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/[\w/]{10,}/g,
  'Discord webhook': /discord(?:app)?\.com\/api\/(?:v[0-9]{1,2}\/)?webhooks\/[\w/-]{20,}/g,
  'Teams webhook': /webhook\.office\.com\/webhookb?2?\/[\w/@-]{20,}/g,
  'Telegram token': /api\.telegram\.org\/(?:file\/)?bot[0-9]{6,12}:[\w-]{20,}/g,
  'Zapier webhook': /hooks\.zapier\.com\/hooks\/catch\/[\w/]{8,}/g,
  'alert webhook':
    /(?:events\.pagerduty\.com\/integration|alert\.victorops\.com\/integrations\/generic\/[0-9]{1,12}\/alert)\/[\w-]{16,}/g,
};

export const webhooks: Finder = (text) =>
  Object.entries(webhook).flatMap(([name, pattern]) => found(text, pattern, name));
