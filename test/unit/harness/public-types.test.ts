/**
 * The types of the public API, as users of the package see them. The type check of the project judges them: a change
 * here is a change for users, and belongs into the change log.
 */
import { describe, expect, expectTypeOf, it } from 'vitest'

import {
  ConfigError, createDaemon, loadSettings, type loadConfig,
  type Daemon, type DaemonOptions, type Extensions, type PublishedEvent, type SentinelView, type Started,
} from '../../../src/index.ts'
import {
  eventually, killMaster, startDeployment, withDeployment,
  type Address, type Deployment, type DeploymentOptions, type Fault, type Outage, type RedisProcess, type SentinelKind,
  type VerificationError, type VerifiedReport, type VerifyOptions, type Writer, type WriterClient, type WriterOptions,
  type WriterReport,
} from '../../../src/harness/index.ts'
import { failoverTest, type FailoverFixtures, type FailoverTestOptions } from '../../../src/harness/vitest.ts'

describe('the types of ts-sentinel', () => {
  it('take what loadConfig returns as the options of createDaemon', () => {
    expectTypeOf<Parameters<typeof loadConfig>>()
      .toEqualTypeOf<[configFile: string, options?: readonly string[] | undefined]>()
    expectTypeOf<ReturnType<typeof loadConfig>>().toExtend<DaemonOptions>()
    expectTypeOf(createDaemon).returns.toEqualTypeOf<Daemon>()
    expectTypeOf(loadSettings).returns.resolves.toEqualTypeOf<NonNullable<DaemonOptions['extensions']>>()
    expectTypeOf<Extensions>().toEqualTypeOf<NonNullable<DaemonOptions['extensions']>>()
  })

  it('need only the configuration to create a daemon', () => {
    expectTypeOf<Pick<DaemonOptions, 'config'>>().toExtend<DaemonOptions>()
    expectTypeOf<object>().not.toExtend<DaemonOptions>()
    expectTypeOf<DaemonOptions['exit']>().toEqualTypeOf<((status: number) => void) | undefined>()
  })

  it('make users look at the problem of a start that failed', () => {
    expectTypeOf<Awaited<ReturnType<Daemon['start']>>>().toEqualTypeOf<Started>()
    expectTypeOf<Extract<Started, { ok: false }>['problem']>().toEqualTypeOf<string>()
    expectTypeOf<Extract<Started, { ok: true }>>().not.toHaveProperty('problem')
    expectTypeOf(new ConfigError('line 1')).toExtend<Error>()
  })

  it('give subscribers the channel and the payload as texts, and a way to end the subscription', () => {
    expectTypeOf<Daemon['events']['subscribe']>().returns.toEqualTypeOf<() => void>()
    expectTypeOf<PublishedEvent['channel']>().toEqualTypeOf<string>()
    expectTypeOf<PublishedEvent['payload']>().toEqualTypeOf<string>()
    expectTypeOf<Daemon['view']>().toEqualTypeOf<SentinelView>()
  })
})

describe('the types of ts-sentinel/harness', () => {
  it('return the result of the work on a deployment', () => {
    expectTypeOf(withDeployment<number>).returns.resolves.toEqualTypeOf<number>()
    expectTypeOf(withDeployment<number>).parameter(1).toEqualTypeOf<(deployment: Deployment) => Promise<number>>()
    expectTypeOf(startDeployment).returns.resolves.toEqualTypeOf<Deployment>()
    expectTypeOf(eventually<string>).returns.resolves.toEqualTypeOf<string>()
  })

  it('have an optional value for every option of a deployment', () => {
    expectTypeOf<object>().toExtend<DeploymentOptions>()
    expectTypeOf<{ sentinels: readonly SentinelKind[] }>().toExtend<DeploymentOptions>()
    expectTypeOf<{ replicas: string }>().not.toExtend<DeploymentOptions>()
    expectTypeOf<DeploymentOptions['persistence']>().toEqualTypeOf<'none' | 'aof' | 'rdb' | undefined>()
  })

  it('name the node that a fault hit', () => {
    expectTypeOf(killMaster).returns.resolves.toEqualTypeOf<Fault>()
    expectTypeOf<Fault['node']>().toEqualTypeOf<RedisProcess>()
    expectTypeOf<RedisProcess['address']>().toEqualTypeOf<Address>()
  })

  it('take a client of the user where the writer needs write and close alone', () => {
    expectTypeOf<WriterOptions['client']>().toEqualTypeOf<WriterClient | undefined>()
    expectTypeOf<{ write: (key: string, value: number) => Promise<{ length: number }>, close: () => void }>()
      .toExtend<WriterClient>()
  })

  it('add the lost writes to the report when a writer was verified', () => {
    expectTypeOf<Writer['verify']>().returns.resolves.toEqualTypeOf<VerifiedReport>()
    expectTypeOf<Writer['verify']>().parameter(1).toEqualTypeOf<VerifyOptions | undefined>()
    expectTypeOf<VerifiedReport>().toExtend<WriterReport>()
    expectTypeOf<VerifiedReport['lost']>().toEqualTypeOf<readonly number[]>()
    expectTypeOf<WriterReport>().not.toHaveProperty('lost')
    expectTypeOf<VerificationError['report']>().toEqualTypeOf<VerifiedReport>()
    expectTypeOf<Outage>().toEqualTypeOf<{ readonly from: number, readonly to: number }>()
  })
})

describe('the types of ts-sentinel/harness/vitest', () => {
  it('offer a deployment and a writer to each test', () => {
    expectTypeOf<FailoverFixtures>().toEqualTypeOf<{ readonly deployment: Deployment, readonly writer: Writer }>()
    expectTypeOf<Parameters<typeof failoverTest>>().toEqualTypeOf<[options?: FailoverTestOptions | undefined]>()
    expectTypeOf<FailoverTestOptions>().toExtend<DeploymentOptions>()
    // The rest of this file costs nothing at run time; this shows that the entry points load.
    expect([createDaemon, withDeployment, failoverTest].every((one) => typeof one === 'function')).toBe(true)
  })
})
