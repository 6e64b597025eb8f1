"""A link like SSH's on a thin line: takes everything at once, delivers RATE bytes a second, DELAY seconds late.

late_link.py RATE DELAY COMMAND...: runs COMMAND in a terminal of its own behind the link.
"""

import fcntl
import os
import select
import sys
import termios
import time
import tty

rate, delay, command = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
size = fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8)
tty.setraw(0)
pid, inner = os.forkpty()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    os.execvp(command[0], command)
waiting: list[tuple[float, bytes]] = []
free = time.monotonic()
while True:
    now = time.monotonic()
    while waiting and waiting[0][0] <= now:
        os.write(1, waiting.pop(0)[1])
    pause = min(0.05, max(0.0, waiting[0][0] - now)) if waiting else 0.05
    ready = select.select([0, inner], [], [], pause)[0]
    if inner in ready:
        try:
            data = os.read(inner, 65536)
        except OSError:
            break
        for at in range(0, len(data), 128):
            piece = data[at : at + 128]
            free = max(free, time.monotonic()) + len(piece) / rate
            waiting.append((free + delay, piece))
    if 0 in ready:
        os.write(inner, os.read(0, 4096))
