"""The Runtime API as a child meets it: answers recorded from AWS's own implementation."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import aiohttp

from tulle.emulator.invocation import new_request
from tulle.emulator.outcome import Answer, InitError, Oversized
from tulle.emulator.runtime_api import Delivery, Polled, RuntimeApi, Word

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Scene = Callable[["Runtime"], Awaitable[None]]

ACCEPTED = (202, {"status": "OK"})


class Runtime:
    """A child's side of the Runtime API."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._words: asyncio.Queue[Word] = asyncio.Queue()
        self.api = RuntimeApi(self._words.put_nowait)
        self._session = session

    async def start(self) -> None:
        host, _, port = (await self.api.start()).partition(":")
        self._address = host, int(port)
        self._base = f"http://{host}:{port}/2018-06-01/runtime"

    async def next(self) -> tuple[dict[str, str], bytes]:
        async with self._session.get(f"{self._base}/invocation/next") as response:
            return dict(response.headers), await response.read()

    async def refused_next(self) -> tuple[int, Any]:
        async with self._session.get(f"{self._base}/invocation/next") as response:
            return response.status, await response.json()

    async def post(
        self, path: str, body: bytes = b"1", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        async with self._session.post(
            f"{self._base}/{path}", data=io.BytesIO(body), headers=headers
        ) as response:
            return response.status, await response.json()

    async def send_raw(self, request: str) -> bytes:
        """Send bytes as they are, and give what comes back at once."""
        reader, writer = await asyncio.open_connection(*self._address)
        writer.write(request.encode())
        answer = await asyncio.wait_for(reader.read(65536), timeout=60)
        writer.close()
        return answer

    async def receive(self, payload: bytes = b"{}") -> Delivery:
        """Poll once, and get a delivery for it."""
        polling = asyncio.create_task(self.next())
        assert await self.word() == Polled()
        delivery = Delivery(
            request=new_request(
                payload,
                invoked_arn="arn",
                now_s=0,
                client_context='{"a": 1}',
                tenant_id="green",
            ),
            deadline_ms=12345,
        )
        self.api.deliver(delivery)
        self.headers, self.body = await polling
        return delivery

    async def word(self) -> Word:
        return await asyncio.wait_for(self._words.get(), timeout=60)


def play(scene: Scene) -> None:
    async def run() -> None:
        async with aiohttp.ClientSession() as session:
            runtime = Runtime(session)
            await runtime.start()
            await scene(runtime)
            await runtime.api.stop()

    asyncio.run(run())


def test_a_delivery_has_the_headers_that_a_client_reads() -> None:
    async def scene(runtime: Runtime) -> None:
        delivery = await runtime.receive(b'{"url": "x"}')
        assert runtime.body == b'{"url": "x"}'
        expected = {
            "Lambda-Runtime-Aws-Request-Id": delivery.request.request_id,
            "Lambda-Runtime-Deadline-Ms": "12345",
            "Lambda-Runtime-Invoked-Function-Arn": "arn",
            "Lambda-Runtime-Trace-Id": delivery.request.trace_id,
            "Lambda-Runtime-Client-Context": '{"a": 1}',
            "Lambda-Runtime-Aws-Tenant-Id": "green",
            "Lambda-Runtime-Invocation-Id": delivery.invocation_id,
            "Content-Type": "application/json",
        }
        assert expected.items() <= runtime.headers.items()

    play(scene)


def test_a_response_is_accepted_once() -> None:
    async def scene(runtime: Runtime) -> None:
        path = f"invocation/{(await runtime.receive()).request.request_id}/response"
        assert await runtime.post(path, b'"PONG"') == ACCEPTED
        assert await runtime.word() == Answer(body=b'"PONG"')
        assert await runtime.post(path) == (
            403,
            {
                "errorMessage": "State transition from RuntimeResponseSentState to InvocationResponse "
                "failed for runtime. Error: State transition is not allowed",
                "errorType": "InvalidStateTransition",
            },
        )

    play(scene)


def test_the_type_of_an_error_is_read_from_the_header_or_the_body() -> None:
    async def scene(runtime: Runtime) -> None:
        path = f"invocation/{(await runtime.receive()).request.request_id}/error"
        assert await runtime.post(path, b'{"errorType": "KeyError"}') == ACCEPTED
        assert await runtime.word() == Answer(
            body=b'{"errorType": "KeyError"}', error_type="KeyError"
        )
        path = f"invocation/{(await runtime.receive()).request.request_id}/error"
        named = {"Lambda-Runtime-Function-Error-Type": "Function.Own"}
        assert await runtime.post(path, b"[]", named) == ACCEPTED
        assert await runtime.word() == Answer(body=b"[]", error_type="Function.Own")
        path = f"invocation/{(await runtime.receive()).request.request_id}/error"
        assert await runtime.post(path, b"not JSON") == ACCEPTED
        assert await runtime.word() == Answer(body=b"not JSON", error_type="Runtime.Unknown")

    play(scene)


def test_a_foreign_id_is_invalid() -> None:
    async def scene(runtime: Runtime) -> None:
        refusal = {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"}
        assert await runtime.post("invocation/other/response") == (400, refusal)
        delivery = await runtime.receive()
        assert await runtime.post("invocation/other/error") == (400, refusal)
        status, body = await runtime.post(
            f"invocation/{delivery.request.request_id}/response",
            headers={"Lambda-Runtime-Invocation-Id": "other"},
        )
        assert (status, body["errorType"]) == (400, "InvalidInvocationId")
        echoed = {"Lambda-Runtime-Invocation-Id": delivery.invocation_id}
        path = f"invocation/{delivery.request.request_id}/response"
        assert await runtime.post(path, headers=echoed) == ACCEPTED

    play(scene)


def test_a_result_over_the_limit_is_refused_and_nothing_may_follow_it() -> None:
    async def scene(runtime: Runtime) -> None:
        delivery = await runtime.receive()
        base = f"invocation/{delivery.request.request_id}"
        assert await runtime.post(f"{base}/response", bytes(6291557)) == (
            413,
            {
                "errorMessage": "Exceeded maximum allowed payload size (6291556 bytes).",
                "errorType": "RequestEntityTooLarge",
            },
        )
        assert await runtime.word() == Oversized()
        status, _ = await runtime.post(f"{base}/error")
        assert status == 403

    play(scene)


def test_an_init_error_comes_before_the_first_poll_or_not_at_all() -> None:
    async def fails(runtime: Runtime) -> None:
        assert await runtime.post("init/error", b'{"errorType": "KeyError"}') == ACCEPTED
        word = await runtime.word()
        assert word == InitError(body=b'{"errorType": "KeyError"}', error_type="KeyError")

    async def is_ready(runtime: Runtime) -> None:
        await runtime.receive()
        status, body = await runtime.post("init/error")
        assert (status, body["errorType"]) == (403, "InvalidStateTransition")
        assert body["errorMessage"].startswith("State transition from Running to InitError failed")

    play(fails)
    play(is_ready)


def test_a_poll_before_the_answer_gets_the_same_invocation_again() -> None:
    async def scene(runtime: Runtime) -> None:
        await runtime.receive(b'"once"')
        headers, body = await runtime.next()
        assert body == b'"once"'
        names = [name for name in headers if name.startswith("Lambda-Runtime-")]
        assert [headers[name] for name in names] == [runtime.headers[name] for name in names]

    play(scene)


def test_a_response_mode_that_lambda_does_not_know_is_refused_for_good() -> None:
    async def scene(runtime: Runtime) -> None:
        path = f"invocation/{(await runtime.receive()).request.request_id}/response"
        named = {"Lambda-Runtime-Function-Response-Mode": "other"}
        assert await runtime.post(path, headers=named) == (
            400,
            {
                "errorMessage": "Invalid function response mode",
                "errorType": "InvalidFunctionResponseMode",
            },
        )
        refused = Answer(body=b"", error_type="Runtime.InvalidResponseModeHeader")
        assert await runtime.word() == refused
        status, body = await runtime.refused_next()
        assert (status, body["errorType"]) == (403, "InvalidStateTransition")
        assert body["errorMessage"].startswith("State transition from InvocationResponse to Ready")

    play(scene)


def test_a_streamed_response_is_put_together() -> None:
    async def scene(runtime: Runtime) -> None:
        path = f"invocation/{(await runtime.receive()).request.request_id}/response"
        named = {"Lambda-Runtime-Function-Response-Mode": "streaming"}
        assert await runtime.post(path, b"[1,", named) == ACCEPTED
        assert await runtime.word() == Answer(body=b"[1,")

    play(scene)


def test_an_error_behind_the_beginning_of_a_streamed_response_is_the_answer() -> None:
    async def scene(runtime: Runtime) -> None:
        path = f"invocation/{(await runtime.receive()).request.request_id}/response"
        answer = await runtime.send_raw(
            f"POST /2018-06-01/runtime/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Transfer-Encoding: chunked\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n"
            "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"
            "4\r\nonce\r\n0\r\nLambda-Runtime-Function-Error-Type: Function.Torn\r\n"
            "Lambda-Runtime-Function-Error-Body: eyJlcnJvclR5cGUiOiAiVG9ybiJ9\r\n\r\n"
        )
        assert answer.startswith(b"HTTP/1.1 202 ")
        torn = Answer(body=b'{"errorType": "Torn"}', error_type="Function.Torn")
        assert await runtime.word() == torn

    play(scene)


def test_a_poll_that_is_cut_off_does_not_take_the_delivery_with_it() -> None:
    async def scene(runtime: Runtime) -> None:
        polling = asyncio.create_task(runtime.next())
        assert await runtime.word() == Polled()
        polling.cancel()
        await asyncio.sleep(0.1)
        polling = asyncio.create_task(runtime.next())
        await asyncio.sleep(0.1)
        request = new_request(b'"late"', invoked_arn="arn", now_s=0)
        runtime.api.deliver(Delivery(request=request, deadline_ms=0))
        _, body = await asyncio.wait_for(polling, timeout=60)
        assert body == b'"late"'

    play(scene)
