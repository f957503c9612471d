/** Deliberate mistakes in the rules about scheduled failovers. */
import type { Defect } from './defects.ts'

export const SCHEDULE_DEFECTS: readonly Defect[] = [
  {
    name: 'a schedule outlives a switch',
    file: 'failover/conclude.ts',
    find: "  endSchedule(turn, master, 'switched')\n",
    replace: '',
  },
  {
    name: 'a scheduled failover begins however late it is',
    file: 'operations/planned.ts',
    find: "  if (wall - at > SCHEDULE_LATE_MS) return endSchedule(turn, master, 'late')\n",
    replace: '',
  },
  {
    name: 'a schedule is lost at a restart',
    file: 'operations/planned.ts',
    find: '    setSchedule(turn, master, kept)\n',
    replace: '    turn.touch(master)\n',
  },
  {
    name: 'a schedule stays when its failover begins',
    file: 'operations/planned.ts',
    find: "if (beginCoordinated(turn, master, order).kind === 'ok') endSchedule(turn, master, 'started')",
    replace: "if (beginCoordinated(turn, master, order).kind === 'ok') turn.emit('-scheduled', master, { why: 'started' })",
  },
]
