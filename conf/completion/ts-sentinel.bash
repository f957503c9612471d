# Completion of ts-sentinel for bash. Copy it to /usr/share/bash-completion/completions/ts-sentinel, or read it in ~/.bashrc:
#   source "$(npm root --global)/ts-sentinel/conf/completion/ts-sentinel.bash"

_ts_sentinel_words() {
  local reply
  while IFS='' read -r reply; do COMPREPLY+=("$reply"); done < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}")
}

_ts_sentinel_files() {
  local reply
  compopt -o filenames 2> /dev/null
  while IFS='' read -r reply; do COMPREPLY+=("$reply"); done < <(compgen "$1" -- "${COMP_WORDS[COMP_CWORD]}")
}

_ts_sentinel() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} tool=''
  local connection='--uri -u --user --pass-file --password-file --tls --cacert --cert --key --sni'
  COMPREPLY=()
  [[ $COMP_CWORD -gt 1 ]] && tool=${COMP_WORDS[1]}

  case $before in
    --settings | --pass-file | --password-file | --admin-password-file | --sentinel-pass-file | --cacert | --cert | --key | --redis-server | --redis-sentinel)
      _ts_sentinel_files -f
      return
      ;;
    --report)
      _ts_sentinel_files -d
      return
      ;;
    --scenario)
      _ts_sentinel_words 'kill-master rolling-restart partition cold-start reset-then-master-loss two-at-once master-and-sentinel'
      return
      ;;
    --sentinels)
      [[ $tool == drill ]] && _ts_sentinel_words 'ours genuine mixed'
      return
      ;;
    --persistence)
      _ts_sentinel_words 'none aof rdb'
      return
      ;;
    --network)
      _ts_sentinel_words 'direct relayed'
      return
      ;;
    -u | --uri | --sni | --for | --reason | --to | --timeout | --at | --user | --admin-user | --sentinel-user | --target | --master | --down-after | --exec | --exec-wait | --limit | --proxy-config | --proxy-uri | --replicas | --genuine | --masters | --quorum | --failover-timeout | --parallel-syncs | --password | --sentinel-password | --redis-config | --sentinel-config | --port)
      return
      ;;
  esac

  case $tool in
    '')
      if [[ $word == -* ]]; then
        _ts_sentinel_words '--version --help --settings --sentinel --port --loglevel --logfile --daemonize --supervised --check-system --test-memory -v -h'
      else
        _ts_sentinel_words 'check status explain history pause resume forget failover switchover proxy drill harness help'
        _ts_sentinel_files -f
      fi
      ;;
    help)
      _ts_sentinel_words 'check status explain history pause resume forget failover switchover proxy drill harness'
      ;;
    check)
      if [[ $word == -* ]]; then
        _ts_sentinel_words '--offline --json --settings --user --pass-file --admin-user --admin-password-file --tls --cacert --cert --key --sni --help -h'
      else
        _ts_sentinel_files -f
      fi
      ;;
    status)
      _ts_sentinel_words "--watch --only-problems --one --json --utc $connection --help -w -h"
      ;;
    explain)
      _ts_sentinel_words "--one --json --utc $connection --help -h"
      ;;
    history)
      _ts_sentinel_words "--json --utc $connection --help -h"
      ;;
    pause)
      _ts_sentinel_words "--for --reason --yes --json --utc $connection --help -h"
      ;;
    resume)
      _ts_sentinel_words "--yes --json --utc $connection --help -h"
      ;;
    forget)
      _ts_sentinel_words "replica sentinel --for --force --yes --json --utc $connection --help -h"
      ;;
    failover)
      _ts_sentinel_words "--force --yes --json --utc $connection --help -h"
      ;;
    switchover)
      _ts_sentinel_words "--to --timeout --at --cancel --yes --json --utc $connection --help -h"
      ;;
    proxy)
      if [[ $word == -* ]]; then
        _ts_sentinel_words '--auth --auth-user --bind --client-auth --connections-pool-size --daemonize --disable-multiplexing --drain --http --log-format
          --log-level --logfile --master --max-clients --max-lag --minority --mode --node-zone --pidfile --port --read-after-write
          --read-from --read-port --sentinel --sentinel-auth
          --sentinel-user --tcp-backlog --tcp-keepalive --threads --tls-auth-clients --tls-ca-cert-dir
          --tls-ca-cert-file --tls-cert-file --tls-ciphers --tls-ciphersuites --tls-client-cert-file
          --tls-client-key-file --tls-client-key-file-pass --tls-key-file --tls-key-file-pass --tls-nodes --tls-port
          --tls-prefer-server-ciphers --tls-protocols --tls-read-port --tls-sentinels --unixsocket --unixsocketperm
          --wait-for-master --zone --help -h'
      else
        _ts_sentinel_files -f
      fi
      ;;
    drill)
      _ts_sentinel_words '--list --scenario --sentinels --redis-server --redis-sentinel --down-after --proxy --proxy-config --exec --exec-wait
        --target --master --yes-fail-over- --write --proxy-uri --uri -u --user --pass-file --sentinel-user --sentinel-pass-file --tls --cacert --cert --key
        --sni --report --limit --max-lost --max-outage --help -h'
      ;;
    harness)
      _ts_sentinel_words 'run serve --replicas --sentinels --genuine --masters --quorum --down-after --failover-timeout
        --parallel-syncs --password --user --sentinel-password --sentinel-user --tls --persistence --network --slow-disks
        --clock-faults --resolver --proxy --proxy-config --redis-config --sentinel-config --redis-server --redis-sentinel --no-wait --quiet --port
        --outlive-parent --help -h'
      ;;
    *)
      if [[ $word == -* ]]; then
        _ts_sentinel_words '--settings --sentinel --port --loglevel --logfile --daemonize --supervised'
      else
        _ts_sentinel_files -f
      fi
      ;;
  esac
}

complete -F _ts_sentinel ts-sentinel
