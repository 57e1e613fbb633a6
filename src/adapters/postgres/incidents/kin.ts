/*
 * An incident and all that joined it, in SQL. The one that the others joined is their root; what joined it is looked up by
 * the index incidents_joined.
 */

/** The root of an incident, as a scalar: `incident` is an expression over its id. */
export const rootOf = (incident: string): string =>
  `(select coalesce(of.joined, of.id) from incidents of where of.id = ${incident})`;

/** The ids of a root and of what joined it, as a table `(id)`: `root` is an expression. */
export const kinOf = (root: string): string =>
  `(select ${root} as id union all select kin.id from incidents kin where kin.joined = ${root})`;

/** The same without what only joined: those that a remediation or a message may belong to. */
export const actingKinOf = (root: string): string =>
  `(select ${root} as id union all select kin.id from incidents kin where kin.joined = ${root} and kin.no_action is null)`;
