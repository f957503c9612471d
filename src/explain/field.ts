/** One name and one value of an explanation. */
export type Field = readonly [name: string, value: string]
