import { readFile } from 'node:fs/promises';

/** One look at a process: seconds since the first, MiB. */
export interface Sample {
  readonly at: number;
  readonly resident: number;
}

/** What a process took while it was watched. */
export interface Watched {
  readonly samples: readonly Sample[];
  /** The most that it ever took, in MiB, by the kernel's own count. */
  peak(): Promise<number>;
  stop(): void;
}

/** Milliseconds between two looks. */
const every = 250;

/** Watches the resident memory of a process, by Linux's /proc (man7.org, proc_pid_status: VmRSS, VmHWM). */
export function watchMemory(pid: number): Watched {
  const samples: Sample[] = [];
  const began = performance.now();
  const timer = setInterval(() => {
    void statusOf(pid, 'VmRSS').then(
      (resident) => void samples.push({ at: (performance.now() - began) / 1000, resident }),
      () => undefined,
    );
  }, every);
  return { samples, peak: () => statusOf(pid, 'VmHWM'), stop: () => clearInterval(timer) };
}

/** @throws when the process is gone */
async function statusOf(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = Number(status.match(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm'))?.[1]);
  if (Number.isNaN(kilobytes)) throw new Error(`process ${pid} has no ${field} any more`);
  return kilobytes / 1024;
}

/** How what a process takes at least changes, in MiB an hour. */
export interface Slope {
  readonly perHour: number;
  /** What the ups and downs of this run allow it to be off by: as far as the least of its windows lie apart. */
  readonly within: number;
}

/** Into so many parts a run is divided. */
const windows = 12;

/**
 * The slope of the least that each twelfth of a run took, by least squares: garbage comes and goes, what is kept is below it.
 * Undefined for less than a sample each.
 */
export function slopeOf(samples: readonly Sample[]): Slope | undefined {
  const [first, last] = [samples.at(0), samples.at(-1)];
  if (first === undefined || last === undefined || samples.length < windows) return undefined;
  const size = (last.at - first.at) / windows;
  const least = Array.from({ length: windows }, (_, nth) => {
    const inside = samples.filter(
      ({ at }) => at >= first.at + nth * size && at <= first.at + (nth + 1) * size,
    );
    return { x: nth * size, y: Math.min(...inside.map(({ resident }) => resident)) };
  }).filter(({ y }) => Number.isFinite(y));
  const mean = (of: (point: { x: number; y: number }) => number) =>
    least.reduce((sum, point) => sum + of(point), 0) / least.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const perSecond = mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2);
  const rest = least.map((point) => point.y - (y + perSecond * (point.x - x)));
  const spread = Math.max(...rest) - Math.min(...rest);
  return { perHour: perSecond * 3600, within: (spread / (last.at - first.at)) * 3600 };
}
