import { isSilent, type Master } from '../state/master.ts'

/**
 * Whether the master's INFO will name replicas again that are forgotten now. A master that is down names none, and a
 * sentinel that has forgotten them would be elected again and again without a replica to promote.
 */
export function canListReplicas(master: Master): boolean {
  return !isSilent(master) && master.link.command?.establishedAt !== undefined && master.roleReported === 'master'
}
