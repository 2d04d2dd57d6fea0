"""Sessions of the app without a browser: the websocket messages a browser sends, and what comes back, counted.

One `Reader` is one browser tab: it opens a page, keeps what every widget shows as a browser does, and moves one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from websockets.asyncio.client import ClientConnection, connect

NUMBERS = {"slider": "double_array_value", "number_input": "double_value"}


@dataclass(frozen=True)
class Answered:
    """One rerun: seconds from sending the move to the end of the run, bytes received, texts shown."""

    seconds: float
    bytes: int
    texts: tuple[str, ...]


@dataclass
class Widget:
    """A number on the page: its place in the browser's messages and what it shows."""

    id: str
    kind: str
    fragment_id: str
    low: float
    high: float
    step: float
    value: float


@dataclass
class Reader:
    """A tab. `widgets`: key → the widget shown under it."""

    connection: ClientConnection
    query: str
    widgets: dict[str, Widget] = field(default_factory=dict)
    page_hash: str = ""

    @classmethod
    async def open(cls, port: int, query: str = "") -> tuple[Reader, Answered]:
        """Open a page and wait until its first run has ended."""
        connection = await connect(
            f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None,
            origin=f"http://127.0.0.1:{port}", compression=None,
        )  # fmt: skip
        reader = cls(connection, query)
        opened = await reader._rerun("")
        while not reader.widgets:  # a page opened first on a fresh server begins anew through the frame
            opened = await reader._listen(time.perf_counter())
        return reader, opened

    async def move(self, key: str, value: float) -> Answered:
        """Move a slider and wait for the end of the run of its fragment."""
        widget = self.widgets[key]
        widget.value = value
        return await self._rerun(widget.fragment_id)

    async def close(self) -> None:
        await self.connection.close()

    async def _rerun(self, fragment_id: str) -> Answered:
        states = WidgetStates()
        if self.page_hash:  # not on the first run: a browser has nothing to say yet
            for widget in self.widgets.values():
                state = states.widgets.add(id=widget.id)
                if widget.kind == "slider":
                    state.double_array_value.data.append(widget.value)
                else:
                    state.double_value = widget.value
        asked = ClientState(
            query_string=self.query,
            widget_states=states,
            page_script_hash=self.page_hash,
            fragment_id=fragment_id,
        )
        started = time.perf_counter()
        await self.connection.send(BackMsg(rerun_script=asked).SerializeToString())
        return await self._listen(started)

    async def _listen(self, started: float) -> Answered:
        """Read what comes until a run has ended."""
        size, texts = 0, list[str]()
        while True:
            data = await self.connection.recv(decode=False)
            size += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self.page_hash = message.new_session.page_script_hash
            elif kind == "delta":
                texts += self._read(message.delta)
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                return Answered(time.perf_counter() - started, size, tuple(texts))

    def _read(self, delta: Any) -> list[str]:
        if delta.WhichOneof("type") != "new_element":
            return []
        element = delta.new_element
        kind = element.WhichOneof("type")
        told = getattr(element, kind)
        if kind in NUMBERS:
            shown = told.default[0] if kind == "slider" else told.default
            value = (told.value[0] if kind == "slider" else told.value) if told.set_value else shown
            name = told.id.split("-", 2)[
                2
            ]  # `$$ID-<hash>-<key>`: a label may say something new with every move
            known = self.widgets.get(name)
            if known is None or known.id != told.id:
                self.widgets[name] = Widget(
                    told.id, kind, delta.fragment_id, told.min, told.max, told.step, value
                )
        return [told.body] if kind in ("markdown", "heading") else []
