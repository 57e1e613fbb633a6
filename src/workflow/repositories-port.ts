import type { GitChange, GitLine, GitPlace } from '../domain/manifest/git-change.ts';
import type { LastingField } from '../domain/manifest/lasting.ts';
import type { Fence } from './applied.ts';

/** An object whose manifest has to hold these values. */
export interface WantedManifest {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly fields: readonly LastingField[];
}

/** What is to be opened. The same for the same remediation, whoever opens it and however often. */
export interface RequestToOpen {
  readonly place: GitPlace;
  readonly wanted: readonly WantedManifest[];
  /** What people approved. */
  readonly lines: readonly GitLine[];
  /** The branch that is pushed. */
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  /** Lines such as `Firebreak-Remediation: 42`; by the first two a branch is known as ours. */
  readonly trailers: readonly (readonly [string, string])[];
  /** ISO instant of the commit, so that two that make it make the same one. */
  readonly at: string;
}

/**
 * `moved`: the repository is not what was approved any more. `refused`: it will not be taken. `late`: the fence was closed
 * before the next write, and whoever has the step now goes on.
 */
export type OpenedRequest =
  | { readonly kind: 'open'; readonly commit: string; readonly number?: number; readonly url?: string }
  | { readonly kind: 'moved' | 'refused' | 'late'; readonly reason: string };

/** One that is open and is to be made anew on the newest of the followed branch. `commit`: the one that was pushed for it. */
export interface RequestToRebase extends RequestToOpen {
  readonly commit: string;
}

/**
 * How an open request stands. `commit` of one that was merged: the commit of the followed branch that has it. `altered`: with
 * commits that were pushed to its branch after ours. `conflicts`: it cannot be merged, because the followed branch has changed
 * the same file since.
 */
export type RequestStanding =
  | { readonly kind: 'open'; readonly waitsFor: string; readonly conflicts?: true }
  | { readonly kind: 'merged'; readonly commit: string; readonly altered?: true }
  | { readonly kind: 'closed'; readonly by?: string };

/** Where an open request is. */
export interface RequestAt {
  readonly place: GitPlace;
  readonly wanted: readonly WantedManifest[];
  readonly branch: string;
  readonly commit: string;
  readonly number?: number | undefined;
  /** Why it must not be merged by Firebreak now, whatever the policy says; asked right before it would be. */
  readonly held: () => Promise<string | undefined>;
}

/**
 * Repositories that manifests live in. Every method throws `RepositoryFault` when a repository cannot be asked: the caller
 * asks again. What will not change by asking again is a value.
 */
export interface Repositories {
  /** The smallest change of the place after which its manifests make the objects as wanted. Nothing is written. */
  propose(place: GitPlace, wanted: readonly WantedManifest[], signal: AbortSignal): Promise<GitChange>;
  /** Pushes the branch and opens the request, each behind the fence; finds those that are there. */
  open(request: RequestToOpen, signal: AbortSignal, fence: Fence): Promise<OpenedRequest>;
  /**
   * Puts the approved change on the newest of the followed branch in the place of the commit that was pushed, behind the fence,
   * if the branch still has that commit alone; finds the one that has taken its place already.
   */
  rebase(request: RequestToRebase, signal: AbortSignal, fence: Fence): Promise<OpenedRequest>;
  look(request: RequestAt, signal: AbortSignal): Promise<RequestStanding>;
  /** Whether a commit of the followed branch has another one in its history, or is it. */
  contains(place: GitPlace, commit: string, revision: string, signal: AbortSignal): Promise<boolean>;
}

/** A repository could not be asked. */
export class RepositoryFault extends Error {
  override readonly name = 'RepositoryFault';
}
