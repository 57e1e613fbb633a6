import type { GroupTarget, Target } from '../../domain/action.ts';

/** Words of a command with blanks between them; what is false or empty is left out. */
export function words(...all: readonly (string | false)[]): string {
  return all.filter((word) => word !== false && word !== '').join(' ');
}

/** `deployment/web`, `deployment/web deployment/api`, `deployment -l app=web`. */
export function objects(target: Target | GroupTarget): string {
  const kind = target.kind.toLowerCase();
  if ('name' in target) return `${kind}/${target.name}`;
  if ('selector' in target) return `${kind} -l ${quote(target.selector)}`;
  return target.names.map((name) => `${kind}/${name}`).join(' ');
}

/** The same for a verb that has its kind in it: `web-0 web-1`, `-l app=web`. */
export function bareNames(target: Target | GroupTarget): string {
  if ('name' in target) return target.name;
  return 'selector' in target ? `-l ${quote(target.selector)}` : target.names.join(' ');
}

/** `--containers=app,proxy`, or nothing where all are meant. */
export function onlyContainers(containers: readonly string[] | undefined): string | false {
  return containers !== undefined && `--containers=${containers.join(',')}`;
}

/** As a POSIX shell would need it: plain words as they are, others in single quotes, or in double ones around a single. */
export function quote(text: string): string {
  if (/^[-A-Za-z0-9_./:=@,%+]+$/.test(text)) return text;
  return text.includes("'") ? `"${text.replaceAll(/["\\$`]/g, '\\$&')}"` : `'${text}'`;
}
