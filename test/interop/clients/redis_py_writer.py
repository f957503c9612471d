"""Appends numbers to a list through redis-py's Sentinel support.

Arguments: master name, then host:port of each sentinel.
Each line on standard input is "<key> <value>"; the answer is "ok <value>" or "failed <value> <error>".
"""
import sys

from redis.sentinel import Sentinel

name = sys.argv[1]
addresses = [(address.rsplit(":", 1)[0], int(address.rsplit(":", 1)[1])) for address in sys.argv[2:]]
sentinel = Sentinel(addresses, socket_timeout=0.5)
master = sentinel.master_for(name, socket_timeout=0.5)

for line in sys.stdin:
    key, value = line.split()
    try:
        master.rpush(key, value)
        print("ok", value, flush=True)
    except Exception as error:  # every error is an answer: the test counts them
        print("failed", value, type(error).__name__, error, flush=True)
