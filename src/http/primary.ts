/**
 * `/masters/<name>/primary?addr=host:port`: whether this is the address that clients get. It is for load balancers
 * whose checks distinguish only 200 and 503. Like GET-MASTER-ADDR-BY-NAME it answers when the address is durable.
 */
import { addressText } from '../explain/index.ts'
import { json, problem, type HttpAnswer } from './answer.ts'
import type { Durability } from './durability.ts'
import { quorumState } from './quorum.ts'
import type { HttpWorld } from './world.ts'

export async function primary(
  { world, durability }: { readonly world: HttpWorld, readonly durability: Durability },
  name: string, query: URLSearchParams,
): Promise<HttpAnswer> {
  const asked = query.get('addr')
  if (asked !== null && !/^.+:\d{1,5}$/.test(asked)) {
    return problem(400, 'addr must be <host>:<port>, such as ?addr=10.0.0.1:6379')
  }
  const needsQuorum = query.get('quorum') === 'required'
  const address = world.view.clientAddress(name)
  if (address === undefined || !await durability.isDurable(address.durableFrom)) {
    return problem(503, `The address of ${name} is being saved. Ask again.`, { 'Retry-After': '1' })
  }
  const announced = addressText(address)
  const isWritable = !refusesWrites(world, name, announced)
  const isPrimary = asked === null || sameAddress(asked, announced)
  const hasQuorum = !needsQuorum || quorumState(world.view, name)?.ok === true
  return json(isPrimary && isWritable && hasQuorum ? 200 : 503, {
    schemaVersion: 1, name, ...isWritable ? {} : { reason: 'the master reports the role of a replica' }, primary: announced, ...asked === null ? {} : { asked, isPrimary }, ...needsQuorum ? { hasQuorum } : {},
  })
}

/** Whether the master reports the role of a replica. A promoted replica is not the master until the switch. */
function refusesWrites({ view, now }: HttpWorld, name: string, announced: string): boolean {
  const master = view.master(name, now())
  return master !== undefined && sameAddress(addressText(master), announced) && master.roleReported !== 'master'
}

/** Host names are compared without case, IPv6 addresses with or without brackets. */
function sameAddress(one: string, other: string): boolean {
  const plain = (address: string) => address.toLowerCase().replace(/[[\]]/g, '')
  return plain(one) === plain(other)
}
