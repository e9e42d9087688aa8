"""An event loop: tasks, time-outs, cancellation, a child process, streams between tasks."""
import asyncio
import sys


async def worker(name, delay, log):
    for step in range(2):
        await asyncio.sleep(delay)
        log.append(f"{name}{step}")
    return name.upper()


async def slow():
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        print("cancelled")
        raise


async def main():
    log = []
    print(await asyncio.gather(worker("a", 0.01, log), worker("b", 0.2, log)), log)
    try:
        await asyncio.wait_for(slow(), 0.05)
    except asyncio.TimeoutError:
        print("timeout")
    results = asyncio.Queue()

    async def produce():
        for n in range(3):
            await results.put(n)
        await results.put(None)

    producer = asyncio.ensure_future(produce())
    received = []
    while True:
        item = await results.get()
        if item is None:
            break
        received.append(item)
    await producer
    print(received)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "print(input()[::-1])", stdin=-1, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate(b"stressed\n")
    print(out, child.returncode)


asyncio.run(main())
