/** The script of the page: the bundle of `browser/main.ts` (docs/decisions/0043-dashboard-is-browser-typescript.md). */
declare module '#dashboard-script' {
  export const SCRIPT: string
}
