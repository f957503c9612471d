"""Orders in Redis outlive the master. Run: npx ts-sentinel harness run -- pytest test_orders.py"""
import json
import os
import time
from urllib.request import HTTPError, Request, urlopen

import redis.sentinel

addresses = [address.rsplit(":", 1) for address in os.environ["SENTINELS"].split(",")]
orders = redis.sentinel.Sentinel(addresses, socket_timeout=0.5).master_for(os.environ["REDIS_MASTER_NAME"])


def place(order, patience=30):
    deadline = time.monotonic() + patience
    while True:
        try:
            return orders.hset("orders", order, "placed")
        except redis.RedisError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def harness(operation, **arguments):
    request = Request(os.environ["HARNESS_URL"] + "/" + operation, json.dumps(arguments).encode())
    request.add_header("Authorization", "Bearer " + os.environ["HARNESS_TOKEN"])
    try:
        return json.load(urlopen(request))
    except HTTPError as error:
        raise AssertionError(json.load(error)["error"]["what"]) from None


def test_orders_are_placed_after_the_death_of_the_master():
    place("before")
    orders.wait(1, 5000)  # a replica has it
    dead = harness("kill-master")
    place("after")
    assert harness("wait-settled", awayFrom=dead["address"])["address"] != dead["address"]
    assert orders.hkeys("orders") == [b"before", b"after"]
