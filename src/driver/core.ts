import type { DurableState, Effect, Input, Millis, Now, SentinelView } from '../core/index.ts'

/** What the driver needs of the core. The production class satisfies it by its shape; tests script their own. */
export interface Core {
  step(input: Input, now: Now): readonly Effect[]
  wakeAt(): Millis | undefined
  durableState(): DurableState
  readonly view: SentinelView
}
