/** What findings say about the node that they name, in a few words: for a table of `status` and for the dashboard. */

const TROUBLES: ReadonlyMap<string, string> = new Map([
  ['master-down', 'down'],
  ['master-unreachable', 'no answer'],
  ['master-unreachable-here', 'not reached by every sentinel'],
  ['master-is-replica', 'reports the role of a replica (read-only)'],
  ['replica-down', 'no answer'],
  ['replica-is-master', 'reports the role of a master'],
  ['replica-link-down', 'not connected to its master'],
  ['sentinel-down', 'no answer'],
  ['sentinel-unreachable', 'no answer'],
  ['login-refused', 'refuses the login'],
  ['command-refused', 'refuses a command'],
  ['promotion-refused', 'refuses orders'],
  ['peer-refuses', 'refuses a command'],
  ['foreign-node', 'belongs to another deployment'],
  ['name-not-resolved', 'its name cannot be resolved'],
])

/** Undefined where a finding with this code says nothing about the state of one node. */
export function nodeTrouble(code: string): string | undefined {
  return TROUBLES.get(code)
}
