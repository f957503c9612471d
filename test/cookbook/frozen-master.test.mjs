import { Redis } from 'ioredis' // 6.0
import { Redis as Redis5 } from 'ioredis-5' // 5.3
import { expect } from 'vitest'
import { eventually, failoverTest, pauseMaster } from 'ts-sentinel/harness/vitest'

const test = failoverTest({ replicas: 1 })

test('only a socket time-out leaves a frozen master', async ({ deployment, onTestFinished }) => {
  const connection = deployment.connection('ioredis')
  const clients = {
    'ioredis 5.3': new Redis5({ ...connection, socketTimeout: 1_000 }), // It does not know this option.
    'ioredis 6': new Redis(connection),
    'commandTimeout': new Redis({ ...connection, commandTimeout: 500 }),
    'socketTimeout': new Redis({ ...connection, socketTimeout: 1_000 }),
  }
  for (const client of Object.values(clients)) {
    client.on('error', () => {})
    onTestFinished(() => { client.disconnect() })
    await client.set('before', 'x')
  }
  await pauseMaster(deployment) // Its kernel still acknowledges every packet.
  const answers = {}
  for (const [name, client] of Object.entries(clients)) {
    client.set('after', 'x').catch(({ message }) => message).then((answer) => { answers[name] = answer })
  }
  await eventually('a write on the new master', () => { expect(answers.socketTimeout).toBe('OK') })
  expect(answers).toEqual({ commandTimeout: 'Command timed out', socketTimeout: 'OK' }) // The others hang.
  await expect(clients.commandTimeout.set('again', 'x')).rejects.toThrow('Command timed out')
})
