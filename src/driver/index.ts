/** The entry point of the driver: the loop around one core. */
export type { Core } from './core.ts'
export { Driver, type DriverHealth, type DriverOptions } from './driver.ts'
export type { KeepHealth } from './keeper.ts'
export type { SaveHealth } from './saver.ts'
