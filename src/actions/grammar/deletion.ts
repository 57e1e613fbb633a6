import { scalableKinds, type TargetKind } from '../../domain/action.ts';

/** What is gone has to be built again; for most there is a way to stop them that can be taken back. */
export function whyNotDeleted(kind: TargetKind): string {
  const instead = scalableKinds.some((each) => each === kind)
    ? '; "scale" to 0 stops it'
    : kind === 'CronJob'
      ? '; "suspend" stops it'
      : '';
  return ` What is deleted cannot be brought back as it was${instead}.`;
}
