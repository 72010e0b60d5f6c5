import pickle
import subprocess
import sys

from parcels import tasks


def test_tasks_know_nothing_of_requests():
    code = "import sys, parcels.tasks; raise SystemExit('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_tasks_can_be_sent_to_another_process():
    for task in (tasks.register, tasks.send_code, tasks.make_thumbnail):
        assert pickle.loads(pickle.dumps(task)) is task
