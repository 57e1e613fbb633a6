/** A write that the fence held back. Nothing was done, so that trying again is always right, for whoever has the step. */
export class HeldBack extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'HeldBack';
  }
}
