"""What learners pass to 4.4-leave."""

import asyncio
import time

from fastapi import WebSocketDisconnect

from tests.chapters.answers import right, stub, wrong


@stub("4.4-leave")
def leave_shipped():
    async def follow(websocket, news): ...

    return follow


@wrong("4.4-leave", says="Only receiving notices a closed connection")
def leave_sends_only():
    async def follow(websocket, news):
        await websocket.accept()
        while True:
            await websocket.send_text(await news.get())

    return follow


@wrong("4.4-leave", says="was never accepted")
def leave_without_accept():
    async def follow(websocket, news):
        while True:
            await websocket.send_text(await news.get())

    return follow


@wrong("4.4-leave", says="without waiting for the follower's word")
def leave_in_turns():
    async def follow(websocket, news):
        await websocket.accept()
        async for _ in websocket.iter_text():
            await websocket.send_text(await news.get())

    return follow


@wrong("4.4-leave", says="though the follower had not left")
def leave_at_the_first_word():
    async def follow(websocket, news):
        await websocket.accept()

        async def send_news():
            while True:
                await websocket.send_text(await news.get())

        sending = asyncio.create_task(send_news())
        await websocket.receive()
        sending.cancel()

    return follow


@wrong("4.4-leave", says="took the news that came later")
def leave_forgets_the_sender():
    async def follow(websocket, news):
        async def send_news():
            while True:
                text = await news.get()
                try:
                    await websocket.send_text(text)
                except Exception:
                    return

        await websocket.accept()
        follow.task = asyncio.create_task(send_news())
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass

    return follow


@wrong("4.4-leave", says="leaving is no error, but the log holds RuntimeError: left")
def leave_with_an_error():
    async def follow(websocket, news):
        async def send_news():
            while True:
                await websocket.send_text(await news.get())

        await websocket.accept()
        sending = asyncio.create_task(send_news())
        while (await websocket.receive())["type"] != "websocket.disconnect":
            pass
        sending.cancel()
        raise RuntimeError("left")

    return follow


@wrong("4.4-leave", says="should be sent as it is")
def leave_sends_json():
    async def follow(websocket, news):
        await websocket.accept()
        while True:
            await websocket.send_json(await news.get())

    return follow


@wrong("4.4-leave", says="held the event loop")
def leave_blocks():
    async def follow(websocket, news):
        await websocket.accept()
        for _ in range(40):
            if not news.empty():
                await websocket.send_text(news.get_nowait())
            time.sleep(0.1)

    return follow


@right("4.4-leave")
def leave_by_task():
    async def follow(websocket, news):
        async def send_news():
            while True:
                await websocket.send_text(await news.get())

        await websocket.accept()
        sending = asyncio.create_task(send_news())
        try:
            while True:
                await websocket.receive()
        except RuntimeError:
            pass
        finally:
            sending.cancel()

    return follow


@right("4.4-leave")
def leave_by_first_completed():
    async def follow(websocket, news):
        await websocket.accept()
        word, text = asyncio.create_task(websocket.receive()), asyncio.create_task(news.get())
        while True:
            await asyncio.wait({word, text}, return_when=asyncio.FIRST_COMPLETED)
            if word.done():
                if word.result()["type"] == "websocket.disconnect":
                    break
                word = asyncio.create_task(websocket.receive())
            if text.done():
                await websocket.send_text(text.result())
                text = asyncio.create_task(news.get())
        text.cancel()

    return follow


@right("4.4-leave")
def leave_by_task_group():
    class Left(Exception):
        pass

    async def follow(websocket, news):
        async def send_news():
            while True:
                await websocket.send_text(await news.get())

        async def listen():
            while (await websocket.receive())["type"] != "websocket.disconnect":
                pass
            raise Left

        await websocket.accept()
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(send_news())
                both.create_task(listen())
        except* Left:
            pass

    return follow


@wrong("4.4-leave", says="KeyError: 'text'")
def leave_understands_text_alone():
    async def follow(websocket, news):
        async def send_news():
            while True:
                await websocket.send_text(await news.get())

        await websocket.accept()
        sending = asyncio.create_task(send_news())
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            pass
        finally:
            sending.cancel()

    return follow
