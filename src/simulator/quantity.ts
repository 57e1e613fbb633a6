/** Decimal and binary suffixes of a Kubernetes quantity (apimachinery, pkg/api/resource/suffix.go). */
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
