"""Appends 1, 2, 3 ... to a list with redis-py. Arguments: port, key. Prints a line for each, see program-clients.ts."""
import sys
import time

import redis

client = redis.Redis(port=int(sys.argv[1]))
value = 0
while True:
    value += 1
    began = time.time()
    try:
        client.rpush(sys.argv[2], value)
        problem = ""
    except redis.RedisError as error:
        problem = "%s: %s" % (type(error).__name__, error)
    print(value, int(began * 1000), int(time.time() * 1000), problem, flush=True)
    time.sleep(0.01)
