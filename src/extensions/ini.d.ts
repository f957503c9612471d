/** Declares the one function that is used; the package has no types. */
declare module 'ini' {
  export function parse(text: string): Record<string, unknown>
}
