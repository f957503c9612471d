/** The types of the JSON documents, for this module and for the browser code of the dashboard. */
export type * from '../documents/index.ts'
