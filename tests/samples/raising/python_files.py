"""Files, processes, and what the operating system has no more of."""

FAMILY = "os"
CASES = {
    "causes.os.no-such-file": [
        "open('/srv/shop/rows.csv')",
        "import os\nos.listdir('/srv/shop')",
        "import subprocess\nsubprocess.run(['kiosk-nowhere'])",
        "import os\nos.rename('/srv/shop/a', '/srv/shop/b')",
        "import shutil\nshutil.copy('/srv/shop/a', '/tmp')",
    ],
    "causes.os.permission-denied": [
        "import subprocess\np = folder() / 'tool'; p.write_text('x'); subprocess.run([str(p)])"
    ],
    "causes.os.not-permitted": ["import os\nos.unlink('/proc/self/status')"],
    "causes.os.is-a-directory": ["open('/srv')", "open('/tmp', 'w')"],
    "causes.os.not-a-directory": ["import os\nos.listdir('/dev/null')", "open('/dev/null/x')"],
    "causes.os.file-exists": ["import os\nos.mkdir('/tmp')", "open('/dev/null', 'x')"],
    "causes.os.directory-not-empty": ["import os\np = folder(); (p / 'a').write_text(''); os.rmdir(str(p))"],
    "causes.os.read-only": ["import os\nraise OSError(30, os.strerror(30), '/srv/shop/rows.csv')"],
    "causes.os.name-too-long": ["open('/srv/' + 'x' * 300)"],
    "causes.os.bad-descriptor": [
        "import os\nos.read(987, 1)",
        "import socket\ns = socket.socket(); s.close(); s.recv(1)",
    ],
    "causes.os.invalid-argument": ["import socket\nsocket.socket().accept()"],
    "causes.os.no-space": ["f = open('/dev/full', 'w'); f.write('x'); f.flush()"],
    "causes.os.too-many-files": [
        "import resource\nold = resource.getrlimit(resource.RLIMIT_NOFILE)\nresource.setrlimit(resource.RLIMIT_NOFILE, (16, old[1]))\nkept = []\ntry:\n    while True: kept.append(open('/dev/null'))\nfinally:\n    [f.close() for f in kept]; resource.setrlimit(resource.RLIMIT_NOFILE, old)"
    ],
    "causes.os.no-memory": ["import mmap\nmmap.mmap(-1, 1 << 46)"],
    "causes.os.would-block": [
        "import socket\na, b = socket.socketpair(); a.setblocking(False); a.recv(1)",
        "import os\nr, w = os.pipe(); os.set_blocking(r, False); os.read(r, 1)",
    ],
    "causes.os.broken-pipe": ["import os\nr, w = os.pipe(); os.close(r); os.write(w, b'x')"],
    "causes.os.no-such-process": ["import os\nos.kill(2 ** 22 + 9, 0)"],
    "causes.os.no-child": ["import os\nos.waitpid(2 ** 22 + 9, 0)"],
    "causes.os.exec-format": [
        "import subprocess\np = folder() / 'tool'; p.write_text('x'); p.chmod(0o755); subprocess.run([str(p)])"
    ],
    "causes.os.argument-list": ["import subprocess\nsubprocess.run(['true', 'x' * 200000])"],
    "causes.os.text-file-busy": [
        "import shutil, subprocess\np = folder() / 'tool'; shutil.copy(shutil.which('sleep'), p); c = subprocess.Popen([str(p), '9'])\ntry: p.write_bytes(b'x')\nfinally: c.kill(); c.wait()"
    ],
    "causes.os.cross-device": [
        "import os\nos.rename('/proc/self/status', '/tmp/status')",
        "import os\nos.link('/proc/self/status', '/tmp/status')",
    ],
    "causes.os.input-output": ["import os\nos.read(os.open('/proc/self/mem', 0), 1)"],
    "causes.os.no-device": [
        "import os\np = str(folder() / 'pipe'); os.mkfifo(p); os.open(p, os.O_WRONLY | os.O_NONBLOCK)"
    ],
    "causes.os.exit-status": [
        "import subprocess\nsubprocess.run(['false'], check=True)",
        "import subprocess\nsubprocess.check_output('exit 3', shell=True)",
    ],
    "causes.os.killed-by-signal": [
        "import subprocess\nsubprocess.run('kill -9 $$', shell=True, check=True)",
        "import subprocess\nsubprocess.run('kill -SEGV $$', shell=True, check=True)",
    ],
    "causes.os.process-timeout": ["import subprocess\nsubprocess.run(['sleep', '5'], timeout=0.1)"],
    "causes.os.no-temporary-folder": [
        "import tempfile\nold = tempfile._candidate_tempdir_list\ntempfile._candidate_tempdir_list = lambda: ['/nowhere']\ntry: tempfile._get_default_tempdir()\nfinally: tempfile._candidate_tempdir_list = old"
    ],
    "causes.os.no-terminal": ["import os\nos.get_terminal_size(os.open('/dev/null', 0))"],
    "causes.os.locale": ["import locale\nlocale.setlocale(locale.LC_ALL, 'xx_NOWHERE')"],
    "causes.os.same-file": ["import shutil\nshutil.copyfile('/etc/hostname', '/etc/hostname')"],
    "causes.os.no-home": ["import pathlib\npathlib.Path('~kiosk-nowhere').expanduser()"],
    "causes.os.no-user": ["import pwd\npwd.getpwnam('kiosk')", "import grp\ngrp.getgrnam('kiosk')"],
    "causes.os.no-thread": [
        "import threading\nold = threading.stack_size(1 << 46)\ntry: threading.Thread(target=int).start()\nfinally: threading.stack_size(old)"
    ],
}
