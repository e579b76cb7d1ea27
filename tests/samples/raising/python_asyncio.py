"""Event loops, tasks and coroutines used against their rules."""

FAMILY = "asyncio"
CASES = {
    "causes.asyncio.no-running-loop": [
        "import asyncio\nasyncio.get_running_loop()",
        "import asyncio\nasyncio.create_task(None)",
    ],
    "causes.asyncio.no-current-loop": [
        "import asyncio, concurrent.futures as c\nc.ThreadPoolExecutor(1).submit(asyncio.get_event_loop_policy().get_event_loop).result()"
    ],
    "causes.asyncio.already-running": [
        "import asyncio\nasync def main():\n    c = asyncio.sleep(0)\n    try: asyncio.get_running_loop().run_until_complete(c)\n    finally: c.close()\nloop(main)"
    ],
    "causes.asyncio.run-inside": [
        "import asyncio\nasync def main():\n    c = asyncio.sleep(0)\n    try: asyncio.run(c)\n    finally: c.close()\nloop(main)"
    ],
    "causes.asyncio.another-loop-running": [
        "import asyncio\nasync def main():\n    other = asyncio.new_event_loop(); c = asyncio.sleep(0)\n    try: other.run_until_complete(c)\n    finally: c.close(); other.close()\nloop(main)"
    ],
    "causes.asyncio.loop-closed": ["import asyncio\nl = asyncio.new_event_loop(); l.close(); l.call_soon(int)"],
    "causes.asyncio.close-running-loop": [
        "import asyncio\nasync def main(): asyncio.get_running_loop().close()\nloop(main)"
    ],
    "causes.asyncio.other-loop-future": [
        "import asyncio\nother = asyncio.new_event_loop(); f = other.create_future()\nasync def main(): await f\nloop(main)"
    ],
    "causes.asyncio.bound-to-other-loop": [
        {
            "code": "import asyncio\nlock = asyncio.Lock()\nasync def hold(n):\n    async with lock: await asyncio.sleep(n)\nasync def main():\n    t = asyncio.gather(hold(0.01), hold(0)); await t\nloop(main)\nloop(main)",
            "since": (3, 10),
        },
        {
            "code": "import asyncio\nq = asyncio.Queue()\nasync def main():\n    try: await asyncio.wait_for(q.get(), 0.01)\n    except asyncio.TimeoutError: pass\nloop(main)\nloop(main)",
            "since": (3, 10),
        },
    ],
    "causes.asyncio.never-awaited": [
        "async def load(): pass\nwarned(lambda: load() and None)",
        "import asyncio\nwarned(lambda: asyncio.sleep(0) and None)",
        "class Order:\n    async def save(self): pass\nwarned(lambda: Order().save() and None)",
    ],
    "causes.asyncio.coroutine-expected": [
        "import asyncio\nasyncio.run(3)",
        "import asyncio\nasyncio.run(None)",
        "import asyncio\nasync def main(): asyncio.create_task(3)\nloop(main)",
    ],
    "causes.asyncio.awaitable-required": [
        "import asyncio\nasync def main(): asyncio.ensure_future(3)\nloop(main)",
        "import asyncio\nasync def main(): await asyncio.gather(3)\nloop(main)",
        "import asyncio\nasyncio.run_coroutine_threadsafe(3, None)",
    ],
    "causes.asyncio.awaited-twice": [
        "async def load(): pass\nasync def main():\n    c = load(); await c; await c\nloop(main)"
    ],
    "causes.asyncio.already-awaited": [
        "import asyncio\nasync def load(): await asyncio.sleep(1)\nasync def main():\n    c = load(); t = asyncio.ensure_future(c); await asyncio.sleep(0)\n    try: await c\n    finally: t.cancel()\nloop(main)"
    ],
    "causes.asyncio.task-destroyed": [
        "import asyncio, gc\ndef act():\n    l = asyncio.new_event_loop()\n    async def wait(): await l.create_future()\n    t = l.create_task(wait()); l.call_soon(l.stop); l.run_forever(); l.close()\n    del t; gc.collect()\nlogged(act)"
    ],
    "causes.asyncio.exception-not-retrieved": [
        "import asyncio, gc\nasync def bad(): raise ValueError('x')\nasync def main():\n    asyncio.ensure_future(bad()); await asyncio.sleep(0.01); gc.collect()\nlogged(lambda: loop(main))",
        "import asyncio, gc\nasync def main():\n    f = asyncio.get_running_loop().create_future(); f.set_exception(ValueError('x')); del f; gc.collect()\nlogged(lambda: loop(main))",
    ],
    "causes.asyncio.callback-exception": [
        "import asyncio\nasync def main():\n    asyncio.get_running_loop().call_soon(int, 'x'); await asyncio.sleep(0.01)\nlogged(lambda: loop(main))"
    ],
    "causes.asyncio.invalid-state": [
        "import asyncio\nasync def main():\n    f = asyncio.get_running_loop().create_future(); f.set_result(1); f.set_result(1)\nloop(main)",
        "import concurrent.futures as c\nf = c.Future(); f.set_result(1); f.set_result(2)",
        "import asyncio\nasync def main(): asyncio.get_running_loop().create_future().result()\nloop(main)",
    ],
    "causes.asyncio.incomplete-read": [
        "import asyncio\nasync def main():\n    r = asyncio.StreamReader(); r.feed_data(b'ab'); r.feed_eof(); await r.readexactly(4)\nloop(main)",
        "import asyncio\nasync def main():\n    r = asyncio.StreamReader(); r.feed_eof(); await r.readuntil(b'x')\nloop(main)",
    ],
    "causes.asyncio.limit-overrun": [
        "import asyncio\nasync def main():\n    r = asyncio.StreamReader(limit=4); r.feed_data(b'a' * 99); await r.readuntil(b'x')\nloop(main)",
        "import asyncio\nasync def main():\n    r = asyncio.StreamReader(limit=4); r.feed_data(b'a' * 99); await r.readline()\nloop(main)",
    ],
    "causes.asyncio.concurrent-read": [
        "import asyncio\nasync def main():\n    r = asyncio.StreamReader(); t = asyncio.ensure_future(r.read()); await asyncio.sleep(0)\n    try: await r.read()\n    finally: t.cancel()\nloop(main)"
    ],
    "causes.asyncio.coroutines-forbidden": [
        {
            "code": "import asyncio\nasync def load(): pass\nasync def main():\n    c = load()\n    try: await asyncio.wait([c])\n    finally: c.close()\nloop(main)",
            "since": (3, 11),
        }
    ],
    "causes.asyncio.task-group": [
        {
            "code": "import asyncio\nasync def bad(): raise ValueError('x')\nasync def main():\n    async with asyncio.TaskGroup() as g: g.create_task(bad()); g.create_task(bad())\nloop(main)",
            "since": (3, 11),
        }
    ],
    "causes.asyncio.outside-task": [
        {
            "code": "import asyncio\nl = asyncio.new_event_loop(); seen = []\nl.set_exception_handler(lambda l, c: seen.append(c['exception']))\nl.call_soon(lambda: asyncio.timeout(1).__aenter__().send(None)); l.call_soon(l.stop); l.run_forever(); l.close()\nraise seen[0]",
            "since": (3, 11),
        }
    ],
    "causes.asyncio.lock-not-held": ["import asyncio\nasync def main(): asyncio.Lock().release()\nloop(main)"],
    "causes.asyncio.generator-running": [
        "import asyncio\nasync def numbers():\n    await asyncio.sleep(0.01); yield 1\nasync def main():\n    g = numbers(); await asyncio.gather(g.__anext__(), g.__anext__())\nloop(main)"
    ],
    "causes.asyncio.generator-exit-ignored": [
        "async def load():\n    try: await S()\n    except GeneratorExit: await S()\nclass S:\n    def __await__(self): yield\nc = load(); c.send(None); c.close()"
    ],
    "causes.asyncio.executor-shutdown": [
        {
            "code": "import asyncio\nasync def main():\n    l = asyncio.get_running_loop(); await l.shutdown_default_executor(); await l.run_in_executor(None, int)\nloop(main)",
            "since": (3, 9),
        }
    ],
    "causes.asyncio.signal-thread": [
        "import asyncio, signal, concurrent.futures as c\nc.ThreadPoolExecutor(1).submit(lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL)).result()"
    ],
    "causes.asyncio.transport-closing": [
        "import asyncio\nasync def main():\n    s = asyncio.open_connection('127.0.0.1', silent()); r, w = await s; w.transport.close();\n    await asyncio.get_running_loop().sendfile(w.transport, open('/etc/hostname', 'rb'))\nloop(main)"
    ],
}
