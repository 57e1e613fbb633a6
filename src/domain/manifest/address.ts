/**
 * The address of a repository without who logs in there: GitOps tools take `https://user:token@host`, and what is stored or
 * shown has no use for it. Userinfo ends at the last `@` before the path (RFC 3986, 3.2).
 */
export const withoutLogin = (repository: string): string =>
  repository.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
