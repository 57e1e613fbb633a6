import type { Repositories } from '../../workflow/repositories-port.ts';
import type { createRepositories } from './repositories.ts';

/**
 * The same as `createRepositories`. What speaks Git and knows Kustomize and Helm is loaded when a repository is first asked
 * for: most replicas never do, and their start and their memory need not carry it.
 */
export function repositoriesOnDemand(...settings: Parameters<typeof createRepositories>): Repositories {
  let loading: Promise<Repositories> | undefined;
  const loaded = (): Promise<Repositories> => {
    loading ??= import('./repositories.ts').then((found) => found.createRepositories(...settings));
    return loading;
  };
  return {
    propose: async (...asked) => (await loaded()).propose(...asked),
    open: async (...asked) => (await loaded()).open(...asked),
    rebase: async (...asked) => (await loaded()).rebase(...asked),
    look: async (...asked) => (await loaded()).look(...asked),
    contains: async (...asked) => (await loaded()).contains(...asked),
  };
}
