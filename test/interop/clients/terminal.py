"""Runs a program on a terminal of its own: types each argument after the program's, and prints what is shown.

Arguments: number of words of the command, the command, then the lines to type. A line is typed when the prompt is there.
"""
import os
import pty
import select
import sys
import time

WAIT_S = 10
count = int(sys.argv[1])
command, lines = sys.argv[2:2 + count], sys.argv[2 + count:]
os.environ["TERM"] = "dumb"
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)

shown = b""


def wait_for_prompts(number):
    global shown
    end = time.monotonic() + WAIT_S
    while shown.count(b"> ") < number and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            shown += os.read(terminal, 65536)


try:
    wait_for_prompts(1)
    for at, line in enumerate(lines):
        prompts = shown.count(b"> ")
        os.write(terminal, line.encode() + b"\n")
        wait_for_prompts(prompts + 1)
finally:
    os.kill(pid, 9)
    os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
