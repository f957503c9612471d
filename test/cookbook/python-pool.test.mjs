import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import { failoverTest, pauseMaster } from 'ts-sentinel/harness/vitest'

const application = `
import redis, sys
from concurrent.futures import ThreadPoolExecutor
from redis.sentinel import Sentinel
sentinels = [address.rsplit(':', 1) for address in sys.argv[1].split(',')]
db = Sentinel(sentinels, socket_timeout=0.5).master_for('mymaster', max_connections=8)
def place(order):
  while True:
    try: return db.set(order, 'x')
    except (redis.ConnectionError, redis.TimeoutError): pass
with ThreadPoolExecutor(8) as threads:
  for round in sys.stdin: print(f'{len(list(threads.map(place, range(int(round)))))}\\n', end='', flush=True)
`
const test = failoverTest({ replicas: 1 })

test('a pool of redis-py leaves a frozen master with socket_timeout', async ({ deployment, onTestFinished }) => {
  const args = ['-c', application, deployment.connection('env').SENTINELS ?? '']
  const python = spawn(process.env.PYTHON ?? 'python3', args, { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => { python.kill() })
  const place = (orders) => python.stdin.write(`${orders}\n`) && once(python.stdout, 'data').then(String)
  expect(await place(8)).toBe('8\n')
  await pauseMaster(deployment)
  expect(await place(16)).toBe('16\n') // All eight connections of the pool are stuck until the time-out.
  expect(await deployment.node(1).call(['EXISTS', '0', '7', '15'])).toBe(3)
})
