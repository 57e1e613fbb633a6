/** Decimal and binary suffixes of a Kubernetes quantity (apimachinery, resource.Quantity). */
const suffixes: Readonly<Record<string, number>> = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** `100m` is 0.1, `1Gi` is 1073741824, `1e3` is 1000; undefined for what is no quantity. */
export function quantity(text: string): number | undefined {
  const found = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)$/.exec(text);
  const scale = suffixes[found?.[2] ?? '?'];
  const number = Number(found?.[1]);
  return scale === undefined || Number.isNaN(number) ? undefined : number * scale;
}

/** Whole units are counted in billionths, the smallest step that Kubernetes keeps. */
const unit = 10n ** 9n;
const decimals: readonly string[] = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binaries: readonly string[] = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/**
 * A quantity as the API server stores it: without a fraction and with the largest suffix of its family that allows that
 * (`0.5` is `500m`, `1024Mi` is `1Gi`, `1.5Gi` is `1536Mi`, `1000` is `1k`), after CanonicalizeBytes in
 * apimachinery/pkg/api/resource/quantity.go. What is not in plain notation is returned as it is.
 */
export function canonicalQuantity(text: string): string {
  const found = /^([0-9]+)(?:\.([0-9]+))?([A-Za-z]*)$/.exec(text);
  if (found === null) return text;
  const [, whole = '', fraction = '', suffix = ''] = found;
  const scale = scaleOf(suffix);
  if (scale === undefined) return text;
  const digits = BigInt(whole + fraction) * scale;
  const divisor = 10n ** BigInt(fraction.length);
  const billionths = (digits + divisor - 1n) / divisor;
  const isBinary = suffix.endsWith('i') && billionths >= 1024n * unit && billionths % unit === 0n;
  return isBinary
    ? shortest(billionths / unit, 1024n, binaries)
    : shortest(billionths, 1000n, billionths === 0n ? [''] : decimals);
}

function scaleOf(suffix: string): bigint | undefined {
  const binary = binaries.indexOf(suffix);
  if (binary > 0) return unit * 1024n ** BigInt(binary);
  const decimal = decimals.indexOf(suffix);
  return decimal < 0 ? undefined : 1000n ** BigInt(decimal);
}

function shortest(amount: bigint, step: bigint, family: readonly string[]): string {
  const [suffix = '', ...larger] = family;
  return larger.length === 0 || amount % step !== 0n
    ? `${amount}${suffix}`
    : shortest(amount / step, step, larger);
}
