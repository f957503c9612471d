import type { CommandEnvironment } from '../environment.ts'
import type { InfoField } from './info-section.ts'

/** The main thread has no separate figures, because it does all work of the process. */
export function cpuSection({ facts }: CommandEnvironment): readonly InfoField[] {
  const cpu = facts.cpu()
  return [
    ['used_cpu_sys', seconds(cpu.system)],
    ['used_cpu_user', seconds(cpu.user)],
    ['used_cpu_sys_children', seconds(cpu.childrenSystem)],
    ['used_cpu_user_children', seconds(cpu.childrenUser)],
    ['used_cpu_sys_main_thread', seconds(cpu.system)],
    ['used_cpu_user_main_thread', seconds(cpu.user)],
  ]
}

function seconds(value: number): string {
  return value.toFixed(6)
}
