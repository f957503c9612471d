/** The part of the package that is used; it brings no types of its own. */
declare module 'ini' {
  export function parse(text: string): Record<string, unknown>
}
