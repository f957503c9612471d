/** A span or a point on the monotonic clock, in whole milliseconds. */
export type Millis = number

/**
 * The two clocks of one step. `mono` never goes back and measures every duration; `wall` (Unix time in
 * milliseconds) serves the TILT jump test and times for display.
 */
export interface Now {
  readonly mono: Millis
  readonly wall: Millis
}
