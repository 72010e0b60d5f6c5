"""What learners pass to exercise 7.2-start."""

from tests.chapters.answers import right, stub, wrong


@stub("7.2-start")
def start_shipped():
    return ...


@wrong("7.2-start", says="Let the server take the shell's place with `exec`")
def start_without_exec():
    return "set -e\npython migrate.py\npython server.py\n"


@wrong("7.2-start", says="the migration failed, and the server was started all the same")
def start_without_errors():
    return "python migrate.py\nexec python server.py\n"


@wrong("7.2-start", says="the server never started")
def start_exec_twice():
    return "set -e\nexec python migrate.py\nexec python server.py\n"


@wrong("7.2-start", says="the migration never ran")
def start_without_migration():
    return "exec python server.py\n"


@wrong("7.2-start", says="the server was serving before the migration had run")
def start_in_the_wrong_order():
    return "python server.py | tee log &\nuntil grep -qs serving log; do sleep 0.02; done\npython migrate.py\nwait\n"


@wrong("7.2-start", says="put it between triple quotes")
def start_as_a_list():
    return ["python migrate.py", "exec python server.py"]


@right("7.2-start")
def start_in_one_line():
    return "python migrate.py && exec python server.py"


@right("7.2-start")
def start_with_a_trap():
    return """
python migrate.py || exit 1
python server.py &
trap 'kill -TERM $!' TERM
wait $!
wait $!
"""
