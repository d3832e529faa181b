"""Readers of a served dashboard without a browser: what one sends and receives over its WebSocket."""

from __future__ import annotations

from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

WAIT = 300
"""Seconds after which a page is given up."""


class Reader:
    """One session of the dashboard at `address` (http://host:port). Chooses in select boxes by their labels."""

    def __init__(self, address: str) -> None:
        where = f"ws{address.removeprefix('http')}/_stcore/stream"
        self.socket: ClientConnection = connect(where, subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]
        self.page = ""
        self.chosen: dict[str, str] = {}
        self.boxes: dict[str, str] = {}

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def open(self, page: str) -> None:
        """Go to a page by the end of its address ('/' or '/compare'), the choices kept, and wait until it is drawn."""
        self.page = page.strip("/")
        self.again()

    def choose(self, label: str, option: str) -> None:
        """Choose in the select box with this label, and wait until the page is drawn."""
        self.chosen[self.boxes[label]] = option
        self.again()

    def again(self) -> None:
        """Run the page once more, and wait until it is drawn. Raises RuntimeError where its script fails."""
        asked = BackMsg()
        asked.rerun_script.page_name = self.page
        for name, option in self.chosen.items():
            state = asked.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = name, option
        self.socket.send(asked.SerializeToString())
        while True:
            said = ForwardMsg.FromString(self.socket.recv(timeout=WAIT, decode=False))
            if said.HasField("script_finished"):
                break
            self._note(said)
        if said.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
            raise RuntimeError(f"the page {self.page or 'review'} was not drawn: {said.script_finished}")

    def _note(self, said: ForwardMsg) -> None:
        """Keep the ids of select boxes by label."""
        element = said.delta.new_element
        if element.HasField("exception"):
            raise RuntimeError(f"the page {self.page or 'review'} shows an exception")
        if element.HasField("selectbox"):
            self.boxes[element.selectbox.label] = element.selectbox.id
