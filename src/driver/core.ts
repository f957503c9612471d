import type { DurableState, Effect, Input, Millis, Now, OwnState, SentinelView } from '../core/index.ts'

/** The part of the core that the driver uses. `Sentinel` implements it structurally; tests use scripted ones. */
export interface Core {
  step(input: Input, now: Now): readonly Effect[]
  wakeAt(): Millis | undefined
  durableState(): DurableState
  ownState(): OwnState
  readonly view: SentinelView
}
