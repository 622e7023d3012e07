"""What is refused before anything is served, and how light the way there is."""

import socket
import subprocess
import sys

import pytest

from rag.errors import SettingsError
from rag.ui import launch


def refused(tmp_path, **options):
    with pytest.raises(SettingsError) as caught:
        launch(tmp_path / "index", open_browser=False, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert not (tmp_path / "index").exists()
    return message


def test_other_machines_need_a_login(tmp_path):
    message = refused(tmp_path, host="0.0.0.0")
    assert "--auth USER:PASSWORD" in message
    assert "--no-auth" in message
    assert "empty" in refused(tmp_path, host="0.0.0.0", auth=("user", ""))


def test_a_busy_port_is_one_line_with_the_next_step(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        message = refused(tmp_path, port=port)
    assert message == (
        f"--port {port}: another program is using it. Stop that program, or choose another port: "
        f"rag chat --port {port + 1}"
    )


def test_ports_and_hosts_that_cannot_be(tmp_path):
    assert "between 1 and 65535" in refused(tmp_path, port=0)
    assert "between 1 and 65535" in refused(tmp_path, port=70000)
    # 192.0.2.0/24 is set aside for documentation: nobody's address.
    assert "no address of this machine" in refused(tmp_path, host="192.0.2.1", no_auth=True)


def test_importing_the_page_imports_no_gradio_and_no_model():
    code = (
        "import sys, rag.ui, rag.feedback; "
        "print([m for m in ('gradio', 'torch', 'numpy', 'uvicorn') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
