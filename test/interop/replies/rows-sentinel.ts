import type { Row } from './row.ts'
import { differing, each, masked, together } from './row.ts'

/** SENTINEL, about one master that is not there (protocol.md 2). */
export const SENTINEL_ROWS: readonly Row[] = [
  ...masked(['sentinel-id'], ...each('sentinel myid')),
  ...masked(['entry'], ...each('sentinel master mymaster', 'SENTINEL MASTERS', 'Sentinel Master mymaster')),
  ...each(
    'sentinel master nope', 'sentinel master MyMaster', 'sentinel replicas mymaster', 'sentinel slaves mymaster',
    'sentinel replicas nope', 'sentinel slaves nope', 'sentinel sentinels mymaster', 'sentinel sentinels nope',
    'sentinel get-master-addr-by-name mymaster', 'SENTINEL Get-Master-Addr-By-Name mymaster',
    'sentinel get-master-addr-by-name nope', 'sentinel get-master-addr-by-name MYMASTER', 'sentinel ckquorum mymaster',
    'sentinel ckquorum nope', 'sentinel failover nope', 'sentinel failover mymaster', 'sentinel reset nope', 'sentinel reset mymaster',
    'sentinel remove nope', 'sentinel flushconfig', 'sentinel pending-scripts', 'sentinel info-cache nope',
    'sentinel info-cache mymaster', 'sentinel info-cache mymaster mymaster nope', 'sentinel debug',

    'sentinel monitor a 1.1.1.1 b c', 'sentinel monitor a 1.1.1.1 b 1', 'sentinel monitor a 1.1.1.1 b 0',
    'sentinel monitor a 1.1.1.1 1 0', 'sentinel monitor a 1.1.1.1 1 -1', 'sentinel monitor a 1.1.1.1 1 02',
    'sentinel monitor a 1.1.1.1 01 2', 'sentinel monitor a 1.1.1.1 1 1.5', 'sentinel monitor a foo 99999 1',
    'sentinel monitor a 1.1.1.1 99999 1', 'sentinel monitor a 1.1.1.1 -1 1', 'sentinel monitor mymaster 1.1.1.1 1 1',
    'sentinel monitor mymaster foo 1 1', 'sentinel monitor a no.such.host.invalid 1 1',

    'sentinel set nope quorum 2', 'sentinel set nope foo bar', 'sentinel set mymaster foo bar', 'sentinel set mymaster quorum a',
    'sentinel set mymaster quorum 0', 'sentinel set mymaster quorum -2', 'sentinel set mymaster Quorum 02',
    'sentinel set mymaster quorum 2 foo', 'sentinel set mymaster quorum 2 QUOrum 0', 'sentinel set mymaster quorum 2',
    'sentinel set mymaster DOWN-after-milliseconds x', 'sentinel set mymaster down-after-milliseconds 0',
    'sentinel set mymaster failover-timeout 0', 'sentinel set mymaster failover-timeout 180000',
    'sentinel set mymaster parallel-syncs 0', 'sentinel set mymaster parallel-syncs 1',
    'sentinel set mymaster master-reboot-down-after-period -1', 'sentinel set mymaster master-reboot-down-after-period 0',
    'sentinel set mymaster notification-script /bin/true', 'sentinel set mymaster client-reconfig-script /bin/true',
    'sentinel set mymaster rename-command a', 'sentinel set mymaster auth-pass secret', 'sentinel set mymaster auth-user bob',

    'sentinel is-master-down-by-addr a b c d', 'sentinel is-master-down-by-addr a 1 c d', 'sentinel is-master-down-by-addr a b 1 d',
    'sentinel is-master-down-by-addr 1.1.1.1 1 1 *', 'sentinel is-master-down-by-addr a 1 1 *',
    'sentinel is-master-down-by-addr 1.1.1.1 99999 1 *', 'sentinel is-master-down-by-addr 1.1.1.1 1 99999999999999999999 *',
    'sentinel is-master-down-by-addr 1.1.1.1 1 18446744073709551615 *', 'sentinel is-master-down-by-addr 1.1.1.1 1 01 *',

    'sentinel config get foo', 'sentinel config get resolve-hostnames', 'sentinel config get ANNOUNCE-ip',
    'sentinel config get announce-*', 'sentinel config get sentinel-[pu]*', 'sentinel config set foo bar',
    'sentinel config set announce-port a', 'sentinel config set announce-port 65536', 'sentinel config set announce-port -1',
    'sentinel config set resolve-hostnames maybe', 'sentinel config set Announce-Hostnames x',
    'sentinel config set announce-port 0', 'sentinel config set resolve-hostnames NO',

    'sentinel debug foo', 'sentinel debug foo 1', 'sentinel debug info-period 0', 'sentinel debug info-period a',
    'sentinel debug info-period', 'sentinel debug info-period 10000 foo', 'sentinel debug Info-Period 10000 ping-period 1000',
    'sentinel debug tilt-period -1',

    'sentinel simulate-failure help', 'SENTINEL SIMULATE-FAILURE HELP foo', 'sentinel simulate-failure foo',
    'sentinel help',
  ),
  together(['sentinel', 'set', 'mymaster', 'notification-script', '']),
  together(['sentinel', 'set', 'mymaster', 'rename-command', 'a', '']),
  together(['sentinel', 'set', 'mymaster', 'rename-command', '', 'b']),
  together(['sentinel', 'set', 'mymaster', 'auth-pass', '']),
  together(['sentinel', 'set', 'mymaster', 'auth-user', '']),
  together('sentinel simulate-failure crash-after-election help foo', 'sentinel simulate-failure help'),

  differing('negative-epochs', 'sentinel is-master-down-by-addr 1.1.1.1 1 -1 *', '-ERR value is not an integer or out of range\r\n'),
  differing('limits', `sentinel is-master-down-by-addr 1.1.1.1 1 1 ${'x'.repeat(257)}`, '-ERR Run id too long\r\n'),
  differing('safe-names', ['sentinel', 'is-master-down-by-addr', '1.1.1.1', '1', '1', 'a\nb'], '-ERR Run id must not contain control characters\r\n'),
  differing('safe-names', ['sentinel', 'monitor', '', 'foo', '1', '1'], '-ERR Master name must not be empty\r\n'),
  differing('safe-names', ['sentinel', 'monitor', 'a b', 'foo', '1', '1'], '-ERR Master name must not contain spaces, commas or quotes\r\n'),
  differing('safe-names', ['sentinel', 'monitor', 'a\nb', 'foo', '1', '1'], '-ERR Master name must not contain control characters\r\n'),
  differing('safe-names', ['sentinel', 'monitor', 'a', 'f\noo', '1', '1'], '-ERR Host must not contain control characters\r\n'),
  differing('newer-release', 'sentinel config get', '-ERR wrong number of arguments for \'sentinel|config\' command\r\n'),
  differing('newer-release', 'sentinel config foo bar', '-ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...] / SET <param> <value> [<param> <value> ...] are supported.\r\n'),
  differing('newer-release', 'sentinel config set announce-port', '-ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...] / SET <param> <value> [<param> <value> ...] are supported.\r\n'),
  differing('newer-release', 'sentinel config set announce-port 0 announce-port 0', '-ERR Duplicate argument \'announce-port\' to SENTINEL CONFIG SET\r\n'),
  differing('newer-release', 'sentinel config set announce-port 0 announce-ip', '-ERR Missing argument \'announce-ip\' value\r\n'),
  differing('newer-release', 'sentinel config set loglevel loud', '-ERR Invalid value \'loud\' to SENTINEL CONFIG SET \'loglevel\'\r\n'),
  {
    // The second request puts the original back as it was.
    send: ['sentinel set mymaster parallel-syncs 99999999999', 'sentinel set mymaster parallel-syncs 1'],
    differs: {
      reason: 'numbers-that-fit',
      ours: ['-ERR Invalid argument \'99999999999\' for SENTINEL SET \'parallel-syncs\'\r\n', '+OK\r\n'],
    },
  },
  differing('valkey-names', 'sentinel get-primary-addr-by-name nope', 'NULLARRAY'),
]
