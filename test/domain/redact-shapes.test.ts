import { expect, test } from 'vitest';
import { redact } from '../../src/domain/text/redact.ts';
import { createShapeFinder } from '../../src/domain/text/secrets/shape-finder.ts';

/*
 * A token of each shape that an issuer publishes, as long as the shortest that is taken for one. Put together at run time so
 * that no scanner finds one in the repository.
 */

const fill = (length: number, alphabet: string) =>
  Array.from({ length }, (_, at) => alphabet[(at * 7 + 3) % alphabet.length]).join('');
const any = (length: number) => fill(length, 'aB3dE5gH7jK9mN1pQ2sT4vW6yZ8');
const hex = (length: number) => fill(length, '0123456789abcdef');
const upper = (length: number) => fill(length, 'ABCDEFGH234567');
const digits = (length: number) => fill(length, '1234567890');
const uuid = [hex(8), hex(4), hex(4), hex(4), hex(12)].join('-');

const tokens: readonly (readonly [string, ...string[]])[] = [
  ['Slack token', 'xo', 'xz-', any(8)],
  ['Slack token', 'xa', 'pp-', any(8)],
  ['Slack token', 'xo', 'xe.xo', 'xb-', any(8)],
  ['GitHub token', 'gh', 'r_', any(20)],
  ['GitHub token', 'github', '_pat_', any(20)],
  ['GitLab token', 'gl', 'pat-', any(20)],
  ['GitLab token', 'gl', 'ffct-', any(20)],
  ['GitLab token', 'GR13', '48941', any(20)],
  ['AWS access key', 'AK', 'IA', upper(16)],
  ['AWS access key', 'AB', 'IA', upper(16)],
  ['AWS access key', 'AC', 'CA', upper(16)],
  ['AWS token', 'AB', 'SK', any(100)],
  ['AWS token', 'k8s-', 'aws-v1.', any(20)],
  ['AWS token', 'bedrock-', 'api-key-', any(20)],
  ['Google API key', 'AI', 'za', any(35)],
  ['Google token', 'ya', '29.', any(20)],
  ['Google token', 'GOC', 'SPX-', any(20)],
  ['Google token', '1/', '/0', any(30)],
  ['Google token', 'GO', 'OG', upper(16)],
  ['DigitalOcean token', 'do', 'r_v1_', hex(40)],
  ['Alibaba access key', 'LT', 'AI', any(12)],
  ['Tencent access key', 'AK', 'ID', any(28)],
  ['Yandex token', 'AQ', 'VN', any(30)],
  ['Yandex token', 't1', '.', any(20), '.', any(20)],
  ['Yandex token', 'y0', '_', any(30)],
  ['Stripe key', 'rk', '_prod_', any(16)],
  ['Stripe key', 'wh', 'sec_', any(16)],
  ['SendGrid key', 'S', 'G.', any(16), '.', any(16)],
  ['npm token', 'np', 'm_', any(30)],
  ['PyPI token', 'py', 'pi-', any(50)],
  ['Docker token', 'dckr', '_oat_', any(20)],
  ['Vault token', 'hv', 'b.', any(20)],
  ['Vault token', 's', '.', any(24)],
  ['Grafana token', 'gl', 'c_', any(20)],
  ['Grafana token', 'ey', 'JrIjoi', any(40)],
  ['age key', 'AGE-SECRET', '-KEY-1', upper(50)],
  ['API key', 's', 'k-', any(20)],
  ['API key', 's', 'k-or-v1-', any(20)],
  ['Hugging Face token', 'h', 'f_', any(30)],
  ['Hugging Face token', 'api', '_org_', any(30)],
  ['Databricks token', 'da', 'pi', hex(32)],
  ['Databricks token', 'dk', 'ea', hex(32)],
  ['Databricks token', 'do', 'se', hex(32)],
  ['Shopify token', 'shp', 'tka_', any(30)],
  ['Telegram token', 'bo', 't', digits(8), ':A', any(33)],
  ['Twilio key', 'S', 'K', hex(32)],
  ['Mailgun key', 'ke', 'y-', hex(32)],
  ['Brevo key', 'xkey', 'sib-', hex(40)],
  ['Mandrill key', 'm', 'd-', any(22)],
  ['Square token', 'sq0', 'atp-', any(22)],
  ['Square token', 'EA', 'AA', any(56)],
  ['Facebook token', 'EA', 'AB', any(50)],
  ['New Relic key', 'NR', 'AK-', any(18)],
  ['Sentry token', 'sntry', 's_', any(30)],
  ['Dynatrace token', 'dt0', 'c01.', upper(24), '.', upper(40)],
  ['PagerDuty key', 'pd', 'us+_', any(20)],
  ['Atlassian token', 'AT', 'ATT3', any(20)],
  ['Atlassian token', 'BB', 'DC-', any(40)],
  ['Airtable token', 'pa', 't', any(14), '.', hex(60)],
  ['Asana token', '1', '/', digits(10), ':', hex(32)],
  ['Linear token', 'li', 'n_oauth_', any(30)],
  ['Notion token', 'nt', 'n_', any(40)],
  ['Notion token', 'sec', 'ret_', any(40)],
  ['Heroku key', 'HR', 'KU-', any(36)],
  ['Doppler token', 'd', 'p.pt.', any(30)],
  ['PlanetScale secret', 'psc', 'ale_pw_', any(30)],
  ['Supabase key', 'sb', 'p_', hex(40)],
  ['Supabase key', 'sb', '_secret_', any(20)],
  ['Postman key', 'PM', 'AK-', hex(24), '-', hex(34)],
  ['Pulumi token', 'pu', 'l-', hex(40)],
  ['RubyGems key', 'ruby', 'gems_', hex(48)],
  ['NuGet key', 'oy', '2', hex(43)],
  ['Crates token', 'ci', 'o', any(32)],
  ['Artifactory key', 'AK', 'C', any(60)],
  ['Artifactory key', 'cm', 'Vmd', any(50)],
  ['Sonar token', 'sq', 'p_', hex(40)],
  ['Snyk token', 'sn', 'yk_uat.', any(30)],
  ['Buildkite token', 'bk', 'ua_', hex(40)],
  ['CircleCI token', 'CC', 'IPAT_', any(20), '_', hex(40)],
  ['Fly token', 'fo', '1_', any(40)],
  ['Fly token', 'fm', '2_', any(60)],
  ['Render key', 'rn', 'd_', any(28)],
  ['Vercel token', 'vc', 'p_', any(24)],
  ['Netlify token', 'nf', 'p_', any(36)],
  ['Cloudflare token', 'v1', '.0-', hex(24), '-', hex(100)],
  ['Cloudflare token', 'cf', 'k_', any(40)],
  ['Fastly token', 'fas', 'tly_', any(32)],
  ['Tailscale key', 'ts', 'key-auth-', any(8)],
  ['Figma token', 'fi', 'gd_', any(39)],
  ['Contentful token', 'CF', 'PAT-', any(43)],
  ['Dropbox token', 's', 'l.', any(100)],
  ['Typeform token', 'tf', 'p_', any(44)],
  ['Replicate token', 'r', '8_', any(37)],
  ['Groq key', 'gs', 'k_', any(40)],
  ['xAI key', 'xa', 'i-', any(60)],
  ['Perplexity key', 'pp', 'lx-', any(40)],
  ['LangSmith key', 'ls', 'v2_pt_', hex(32)],
  ['LaunchDarkly key', 'sd', 'k-', uuid],
  ['LaunchDarkly key', 'mo', 'b-', uuid],
  ['LaunchDarkly key', 'ap', 'i-', uuid],
  ['Okta token', '0', '0', any(40)],
  ['1Password token', 'op', 's_eyJ', any(50)],
  ['1Password token', 'A', '3-', [upper(6), upper(6), upper(5), upper(5), upper(5)].join('-')],
  ['Prefect token', 'pn', 'u_', any(36)],
  ['Elastic key', 'es', 'su_', any(30)],
  ['Plaid token', 'access', '-sandbox-', uuid],
  ['Payment key', 'FLW', 'SECK-', hex(12)],
  ['Payment key', 'EZ', 'AK', any(54)],
  ['Payment key', 'shi', 'ppo_live_', hex(40)],
  ['Payment key', 'rz', 'p_test_', any(14)],
  ['Payment key', 'access', '_token$production$', hex(16), '$', hex(32)],
  ['OpenShift token', 'sha', '256~', any(40)],
  ['Azure secret', any(3), '8', 'Q~', any(31)],
  ['Azure secret', any(76), 'AZ', 'DO', any(4)],
  ['Terraform token', any(14), '.atl', 'asv1.', any(60)],
  ['Mailchimp key', hex(32), '-us', '1'],
  ['Mailgun key', hex(32), '-', hex(8), '-', hex(8)],
  ['New Relic key', hex(36), 'NR', 'AL'],
  ['ngrok token', '2', any(26), '_', any(20)],
  ['Discord token', 'M', any(23), '.', any(6), '.', any(27)],
  ['Telegram token', digits(8), ':A', 'A', any(32)],
  ['Azure secret', any(76), '+A', 'St', any(5)],
  ['Kubernetes token', 'abc123', '.', '0123456789abcdef'],
  ['Slack webhook', 'hooks.sl', 'ack.com/services/', any(10)],
  ['Discord webhook', 'discord', '.com/api/webhooks/', any(20)],
  ['Teams webhook', 'webhook', '.office.com/webhookb2/', any(20)],
  ['Telegram token', 'api.tele', 'gram.org/bot', digits(6), ':', any(20)],
  ['Zapier webhook', 'hooks.za', 'pier.com/hooks/catch/', any(8)],
  ['alert webhook', 'events.pager', 'duty.com/integration/', any(16)],
  ['alert webhook', 'alert.victor', 'ops.com/integrations/generic/1/alert/', any(16)],
];

test.each(tokens)('%s: %s%s...', (name, ...parts) => {
  expect(redact(`a ${parts.join('')} b`)).toBe(`a [redacted: ${name}] b`);
});

test.each(tokens)('%s: %s%s..., a character shorter, is none', (name, ...parts) => {
  expect(redact(`a ${parts.join('').slice(0, -1)} b`)).not.toContain(`[redacted: ${name}]`);
});

/** Beginnings of tokens of one length: one that is longer is something else. */
const ofOneLength =
  /^(?:A[KB]IA|ACCA|s\.d|dapi|SK3|key-|md-|oy2|ciod|00d|[0-9a-f]{32}-[0-9a-f]{8}-|abc123\.)/;

/** The same where what follows is left alone: it is no part of the token. */
const ofOneLengthAndMore =
  /^(?:dkea|dose|1\/[0-9]+:|sbp_|PMAK-|pul-|ruby|sqp_|CCIPAT|CFPAT|r8_|(?:sdk|mob|api)-|A3-|pnu_|access|EZAK|shippo|[0-9a-f]{36}NRAL)/;

test.each(tokens)('%s: %s%s..., a character longer, is taken whole or has one length', (name, ...parts) => {
  const token = parts.join('');
  const last = token.slice(-1);
  const longer = `a ${token}${last} b`;
  const taken = ofOneLengthAndMore.test(token) ? `a [redacted: ${name}]${last} b` : `a [redacted: ${name}] b`;
  expect(redact(longer)).toBe(ofOneLength.test(token) ? longer : taken);
});

test.each(['', '[a-z]*'])('a shape that takes no character is refused: "%s"', (shape) => {
  expect(() => createShapeFinder({ token: ['tok_[a-z]{8}', shape] })).toThrow(
    `The shape "${shape}" of a token matches an empty text.`,
  );
});
