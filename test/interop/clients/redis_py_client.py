"""redis-py's Sentinel support behind the questions of line-client.ts."""
import sys

from redis.sentinel import Sentinel

name, sentinel_password, password = sys.argv[1:4]
addresses = [(address.rsplit(":", 1)[0], int(address.rsplit(":", 1)[1])) for address in sys.argv[4:]]
sentinel = Sentinel(
    addresses,
    socket_timeout=0.5,
    sentinel_kwargs={"password": sentinel_password or None, "socket_timeout": 0.5},
    password=password or None,
)
master = sentinel.master_for(name)


def answer(words):
    if words[0] == "master":
        return "%s:%d" % sentinel.discover_master(name)
    if words[0] == "replicas":
        return " ".join("%s:%d" % address for address in sentinel.discover_slaves(name))
    master.set(words[1], words[2])
    return ""


for line in sys.stdin:
    try:
        print("ok", answer(line.split()), flush=True)
    except Exception as error:  # every error is an answer: the test looks at it
        print("failed", type(error).__name__, str(error).replace("\n", " "), flush=True)
