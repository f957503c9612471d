import type { CommandEnvironment } from '../environment.ts'

export type InfoField = readonly [name: string, value: string | number]

/** Builds the fields of one section of INFO, in order. */
export type Section = (env: CommandEnvironment) => readonly InfoField[]

/** Fields for which a sentinel has no value; tools expect them. */
export function zeros(...names: readonly string[]): readonly InfoField[] {
  return names.map((name) => [name, 0])
}
